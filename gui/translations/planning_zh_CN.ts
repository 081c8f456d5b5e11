<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context>
    <name>FieldRow</name>
    <message>
        <source>yes</source>
        <translation>是</translation>
    </message>
    <message>
        <source>no</source>
        <translation>否</translation>
    </message>
    <message>
        <source>standard: {value}</source>
        <translation>标准：{value}</translation>
    </message>
    <message>
        <source>usual: {value}</source>
        <translation>默认：{value}</translation>
    </message>
    <message>
        <source>Back to {value}</source>
        <translation>恢复为 {value}</translation>
    </message>
    <message>
        <source>allowed: {range}</source>
        <translation>允许：{range}</translation>
    </message>
</context>
<context>
    <name>FurtherStandards</name>
    <message>
        <source>Serve &amp;further standards at once</source>
        <translation>同时满足其他标准(&amp;F)</translation>
    </message>
    <message>
        <source>What they ask for alike is done once; every standard judges for itself</source>
        <translation>各标准相同的要求只做一次；每项标准分别判定</translation>
    </message>
    <message>
        <source>Further standards</source>
        <translation>其他标准</translation>
    </message>
</context>
<context>
    <name>NewEvaluationPage</name>
    <message>
        <source>Dry run</source>
        <translation>试算</translation>
    </message>
    <message>
        <source>The dry run could not be made</source>
        <translation>试算未能完成</translation>
    </message>
    <message>
        <source>Starting …</source>
        <translation>正在启动…</translation>
    </message>
    <message>
        <source>The dry run is being made …</source>
        <translation>正在试算…</translation>
    </message>
    <message>
        <source>There is no dry run of this yet (Ctrl+D)</source>
        <translation>尚未试算 (Ctrl+D)</translation>
    </message>
    <message>
        <source>Cannot start: {count} in the way</source>
        <translation>不能开始：{count} 项问题须先解决</translation>
    </message>
    <message>
        <source>Can start; {person} starts it</source>
        <translation>可以开始；由 {person} 启动</translation>
    </message>
    <message>
        <source>No problem found</source>
        <translation>未发现问题</translation>
    </message>
    <message>
        <source>Problems: {blocking} in the way, {minding} to mind</source>
        <translation>问题：{blocking} 项阻止开始，{minding} 项须注意</translation>
    </message>
    <message>
        <source>The evaluation could not be started</source>
        <translation>测试评价未能启动</translation>
    </message>
    <message>
        <source>Problems</source>
        <translation>问题</translation>
    </message>
    <message>
        <source>Start the evaluation</source>
        <translation>开始测试评价</translation>
    </message>
</context>
<context>
    <name>PlanPanel</name>
    <message>
        <source>Nothing can be planned yet</source>
        <translation>尚无可计划的内容</translation>
    </message>
    <message>
        <source>Takes {duration}</source>
        <translation>需 {duration}</translation>
    </message>
    <message>
        <source>begun now, ends {time} at the earliest</source>
        <translation>若现在开始，最早 {time} 结束</translation>
    </message>
    <message>
        <source>{count} readings</source>
        <translation>{count} 个读数</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>disk {needed}, {free} free</source>
        <translation>磁盘约需 {needed}，可用 {free}</translation>
    </message>
    <message>
        <source>gas {name} {amount}</source>
        <translation>气体 {name} {amount}</translation>
    </message>
    <message>
        <source>▲ gas {name} {amount}</source>
        <translation>▲ 气体 {name} {amount}</translation>
    </message>
    <message>
        <source>{duration} more than one after the other ({each})</source>
        <translation>比逐一进行多 {duration}（{each}）</translation>
    </message>
    <message>
        <source>saves {duration} and {litres} L of gas against one after the other ({each})</source>
        <translation>与逐一进行相比节省 {duration} 和 {litres} L 气体（{each}）</translation>
    </message>
    <message>
        <source>Closer</source>
        <translation>放大</translation>
    </message>
    <message>
        <source>Wider</source>
        <translation>缩小</translation>
    </message>
    <message>
        <source>Whole plan</source>
        <translation>整个计划</translation>
    </message>
    <message>
        <source>Plan on a time axis</source>
        <translation>时间轴上的计划</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>步骤</translation>
    </message>
    <message>
        <source>Time axis</source>
        <translation>时间轴</translation>
    </message>
    <message>
        <source>◆ adjustment   ? a person is asked   ← → steps</source>
        <translation>◆ 调整   ? 询问操作员   ← → 逐步查看</translation>
    </message>
</context>
<context>
    <name>PlanView</name>
    <message>
        <source>Nothing can be planned yet</source>
        <translation>尚无可计划的内容</translation>
    </message>
</context>
<context>
    <name>ProblemModel</name>
    <message>
        <source>Stops it: {text}</source>
        <translation>阻止开始：{text}</translation>
    </message>
    <message>
        <source>Mind: {text}</source>
        <translation>注意：{text}</translation>
    </message>
</context>
<context>
    <name>SettingsForm</name>
    <message>
        <source>No procedure is chosen</source>
        <translation>未选择测试程序</translation>
    </message>
    <message>
        <source>Clause: {clause}</source>
        <translation>条款：{clause}</translation>
    </message>
    <message>
        <source>Evidence for these settings: {mark}, {meaning}</source>
        <translation>这些设置的依据：{mark}，{meaning}</translation>
    </message>
    <message>
        <source>read in the standard</source>
        <translation>已在标准文本中核对</translation>
    </message>
    <message>
        <source>read in a secondary source</source>
        <translation>来自二手资料</translation>
    </message>
    <message>
        <source>recalled from memory</source>
        <translation>凭记忆</translation>
    </message>
    <message>
        <source>recomputed</source>
        <translation>重新计算</translation>
    </message>
</context>
<context>
    <name>SetupForm</name>
    <message>
        <source>Open a station file</source>
        <translation>打开工位文件</translation>
    </message>
    <message>
        <source>Open a criteria file</source>
        <translation>打开指标文件</translation>
    </message>
    <message>
        <source>Folder for the results</source>
        <translation>结果文件夹</translation>
    </message>
    <message>
        <source>Add procedures to the suite. Their findings are reported, and nothing is judged.</source>
        <translation>请在套件中添加测试程序。只报告测试结果，不作判定。</translation>
    </message>
    <message>
        <source>{title}, edition {edition}</source>
        <translation>{title}，{edition} 版</translation>
    </message>
    <message>
        <source>▲ {count} limits are provisional: nobody has read them in its text</source>
        <translation>▲ {count} 项限值为暂定：尚未在标准文本中核对</translation>
    </message>
    <message>
        <source>S&amp;tation</source>
        <translation>工位(&amp;T)</translation>
    </message>
    <message>
        <source>&amp;Measurand</source>
        <translation>被测组分(&amp;M)</translation>
    </message>
    <message>
        <source>Stan&amp;dard</source>
        <translation>标准(&amp;D)</translation>
    </message>
    <message>
        <source>no standard: findings only</source>
        <translation>无标准：仅给出结果</translation>
    </message>
    <message>
        <source>&amp;Folder for the results</source>
        <translation>结果文件夹(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Language of the report</source>
        <translation>报告语言(&amp;L)</translation>
    </message>
    <message>
        <source>S&amp;eed of the simulation</source>
        <translation>模拟种子(&amp;E)</translation>
    </message>
    <message>
        <source>&amp;Notes, kept in the record</source>
        <translation>备注，存入记录(&amp;N)</translation>
    </message>
    <message>
        <source>Sample, client, order number …</source>
        <translation>样品、委托方、任务单号…</translation>
    </message>
    <message>
        <source>Devices under test</source>
        <translation>被测仪器</translation>
    </message>
    <message>
        <source>Gases</source>
        <translation>气体</translation>
    </message>
    <message>
        <source>Results</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>&amp;Open …</source>
        <translation>打开(&amp;O)…</translation>
    </message>
    <message>
        <source>New &amp;simulated</source>
        <translation>新建模拟(&amp;S)</translation>
    </message>
    <message>
        <source>Make a station that is simulated, to try things out</source>
        <translation>新建一个模拟工位，用于试用</translation>
    </message>
    <message>
        <source>Choose another folder</source>
        <translation>选择另一个文件夹</translation>
    </message>
    <message>
        <source>&amp;Attended: a person answers</source>
        <translation>有人值守：由人回答(&amp;A)</translation>
    </message>
    <message>
        <source>The same seed gives the same numbers</source>
        <translation>种子相同，数值相同</translation>
    </message>
    <message>
        <source>On a simulated station, too, a person answers the questions to the operator</source>
        <translation>在模拟工位上也由人回答对操作员的询问</translation>
    </message>
</context>
<context>
    <name>SlotRows</name>
    <message>
        <source>No. {serial}</source>
        <translation>编号 {serial}</translation>
    </message>
    <message>
        <source>other measurand, does not take part</source>
        <translation>被测组分不同，不参加</translation>
    </message>
    <message>
        <source>valid until {date}</source>
        <translation>有效期至 {date}</translation>
    </message>
    <message>
        <source>as in the station file</source>
        <translation>按工位文件</translation>
    </message>
    <message>
        <source>From the register, for {slot}</source>
        <translation>从登记处选择（{slot}）</translation>
    </message>
</context>
<context>
    <name>StepModel</name>
    <message>
        <source>Step</source>
        <translation>步骤</translation>
    </message>
    <message>
        <source>What</source>
        <translation>内容</translation>
    </message>
    <message>
        <source>Begins</source>
        <translation>开始</translation>
    </message>
    <message>
        <source>Takes</source>
        <translation>时长</translation>
    </message>
    <message>
        <source>Gas</source>
        <translation>气体</translation>
    </message>
    <message>
        <source>U (k=2)</source>
        <translation>U（k=2）</translation>
    </message>
</context>
<context>
    <name>SuiteEditor</name>
    <message>
        <source>Open a suite file</source>
        <translation>打开测试项目文件</translation>
    </message>
    <message>
        <source>Save the suite</source>
        <translation>保存测试项目</translation>
    </message>
    <message>
        <source>Saved: {path}</source>
        <translation>已保存：{path}</translation>
    </message>
    <message>
        <source>S&amp;uite</source>
        <translation>测试项目(&amp;U)</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>&amp;Reset all</source>
        <translation>全部恢复(&amp;R)</translation>
    </message>
    <message>
        <source>Settings of this procedure as they were given</source>
        <translation>将此程序的设置恢复为原值</translation>
    </message>
    <message>
        <source>Earlier</source>
        <translation>上移</translation>
    </message>
    <message>
        <source>Later</source>
        <translation>下移</translation>
    </message>
    <message>
        <source>Add a procedure</source>
        <translation>添加测试程序</translation>
    </message>
    <message>
        <source>Leave out, or remove what was added</source>
        <translation>不做此项，或移除添加的项</translation>
    </message>
    <message>
        <source>Del</source>
        <translation>Del</translation>
    </message>
    <message>
        <source>The standard&apos;s own suite again</source>
        <translation>恢复标准规定的测试项目</translation>
    </message>
    <message>
        <source>Suite files</source>
        <translation>测试项目文件</translation>
    </message>
    <message>
        <source>Suite</source>
        <translation>测试项目</translation>
    </message>
    <message>
        <source>Open a suite file …</source>
        <translation>打开测试项目文件…</translation>
    </message>
    <message>
        <source>Save as a suite file …</source>
        <translation>另存为测试项目文件…</translation>
    </message>
</context>
<context>
    <name>SuiteModel</name>
    <message>
        <source>left out; inconclusive: {names}</source>
        <translation>不做；将无法判定：{names}</translation>
    </message>
    <message>
        <source>left out</source>
        <translation>不做</translation>
    </message>
    <message>
        <source>settings to correct: {count}</source>
        <translation>须更正的设置：{count} 项</translation>
    </message>
    <message>
        <source>changed: {names}</source>
        <translation>已更改：{names}</translation>
    </message>
    <message>
        <source>serves {standards}</source>
        <translation>用于 {standards}</translation>
    </message>
    <message>
        <source>added</source>
        <translation>添加的程序</translation>
    </message>
    <message>
        <source>as the standard has it</source>
        <translation>与标准一致</translation>
    </message>
</context>
</TS>
