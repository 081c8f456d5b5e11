<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context>
    <name>Amender</name>
    <message>
        <source>Exclude {characteristic} of device {name} ({value})?</source>
        <translation>剔除仪器 {name} 的{characteristic}（{value}）？</translation>
    </message>
    <message>
        <source>The evaluation is judged anew. Without a repeat the verdict is then inconclusive. The value stays in the record and in the report, with your reason.</source>
        <translation>将重新判定。若不重测，该项为“无法判定”。数值和理由保留在记录和报告中。</translation>
    </message>
    <message>
        <source>Exclude a result</source>
        <translation>剔除结果</translation>
    </message>
    <message>
        <source>Exclude</source>
        <translation>剔除</translation>
    </message>
    <message>
        <source>Let {characteristic} of device {name} count again?</source>
        <translation>恢复采用仪器 {name} 的{characteristic}？</translation>
    </message>
    <message>
        <source>The evaluation is judged anew. Exclusion and reasons stay in the record and in the report.</source>
        <translation>将重新判定。剔除、撤销及其理由保留在记录和报告中。</translation>
    </message>
    <message>
        <source>Take back an exclusion</source>
        <translation>撤销剔除</translation>
    </message>
    <message>
        <source>Take back</source>
        <translation>撤销剔除</translation>
    </message>
    <message>
        <source>Repeat the item that determines {characteristic}?</source>
        <translation>重测测定{characteristic}的项目？</translation>
    </message>
    <message>
        <source>An evaluation of its own begins on the station now: this item alone, same settings, all devices. When it is finished its results take the place of these; all attempts stay in the report.</source>
        <translation>工位上立即开始一次单独的测试：只做此项，设置和仪器相同。完成后以其结果代替原结果；各次结果均保留在报告中。</translation>
    </message>
    <message>
        <source>Repeat an item</source>
        <translation>重测项目</translation>
    </message>
    <message>
        <source>Begin the repeat</source>
        <translation>开始重测</translation>
    </message>
    <message>
        <source>Judging {name} anew</source>
        <translation>正在重新判定 {name}</translation>
    </message>
    <message>
        <source>Judged anew: {outcome}</source>
        <translation>已重新判定：{outcome}</translation>
    </message>
    <message>
        <source>Beginning a repeat</source>
        <translation>开始重测</translation>
    </message>
    <message>
        <source>Beginning a repeat of {name}</source>
        <translation>正在开始 {name} 的重测</translation>
    </message>
    <message>
        <source>The repeat {name} has begun</source>
        <translation>重测 {name} 已开始</translation>
    </message>
    <message>
        <source>&amp;Exclude …</source>
        <translation>剔除(&amp;E)…</translation>
    </message>
    <message>
        <source>Exclude the chosen result, with a reason</source>
        <translation>剔除所选结果，须说明理由</translation>
    </message>
    <message>
        <source>&amp;Take back …</source>
        <translation>撤销剔除(&amp;T)…</translation>
    </message>
    <message>
        <source>Let the chosen result count again, with a reason</source>
        <translation>恢复采用所选结果，须说明理由</translation>
    </message>
    <message>
        <source>&amp;Repeat …</source>
        <translation>重测(&amp;R)…</translation>
    </message>
    <message>
        <source>Repeat the item that determines the chosen result, with a reason</source>
        <translation>重测测定所选结果的项目，须说明理由</translation>
    </message>
</context>
<context>
    <name>CompareModel</name>
    <message>
        <source>Characteristic</source>
        <translation>性能指标</translation>
    </message>
    <message>
        <source>Limit</source>
        <translation>限值</translation>
    </message>
    <message>
        <source>device {name}</source>
        <translation>仪器 {name}</translation>
    </message>
    <message>
        <source>no criterion</source>
        <translation>无指标要求</translation>
    </message>
    <message>
        <source>All together</source>
        <translation>综合</translation>
    </message>
</context>
<context>
    <name>CompareView</name>
    <message>
        <source>{devices} devices of {count} evaluations</source>
        <translation>{count} 次测试评价的 {devices} 台仪器对比</translation>
    </message>
    <message>
        <source>{devices} devices side by side</source>
        <translation>{devices} 台仪器对比</translation>
    </message>
    <message>
        <source>&amp;Back</source>
        <translation>返回(&amp;B)</translation>
    </message>
    <message>
        <source>Back to the list (Alt+Left)</source>
        <translation>返回列表（Alt+左）</translation>
    </message>
    <message>
        <source>Side by &amp;side</source>
        <translation>排列(&amp;S)</translation>
    </message>
    <message>
        <source>as they were tested</source>
        <translation>按测试顺序</translation>
    </message>
    <message>
        <source>by maker</source>
        <translation>按制造商</translation>
    </message>
    <message>
        <source>Comparison</source>
        <translation>对比</translation>
    </message>
</context>
<context>
    <name>EvaluationView</name>
    <message>
        <source>all</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>{begun} to {ended}</source>
        <translation>{begun} 至 {ended}</translation>
    </message>
    <message>
        <source>{duration} of bench time</source>
        <translation>台架时间 {duration}</translation>
    </message>
    <message>
        <source>no standard</source>
        <translation>无标准</translation>
    </message>
    <message>
        <source>It goes on. What it has found so far is shown; it is judged at its end.</source>
        <translation>正在运行。此处为已得的结果，结束时判定。</translation>
    </message>
    <message>
        <source>It repeats run {run} of {original}: {reason} ({by}). What counts is decided there.</source>
        <translation>本次重测 {original} 的测试 {run}：{reason}（{by}）。结果的取舍在原评价中决定。</translation>
    </message>
    <message>
        <source>Repeats that do not count (not finished): {names}</source>
        <translation>未采用的重测（未完成）：{names}</translation>
    </message>
    <message>
        <source>Repeats that are in another record: {names}</source>
        <translation>不在本记录中的重测：{names}</translation>
    </message>
    <message>
        <source>&amp;Back</source>
        <translation>返回(&amp;B)</translation>
    </message>
    <message>
        <source>Back to the list (Alt+Left)</source>
        <translation>返回列表（Alt+左）</translation>
    </message>
    <message>
        <source>&amp;Watch</source>
        <translation>查看运行(&amp;W)</translation>
    </message>
    <message>
        <source>Show how it goes on</source>
        <translation>查看其运行情况</translation>
    </message>
    <message>
        <source>&amp;Judge by another standard …</source>
        <translation>按其他标准判定(&amp;J)…</translation>
    </message>
    <message>
        <source>Show what another standard, or another version of it, makes of this evaluation</source>
        <translation>查看按其他标准或其他版本判定本次测试评价的结果</translation>
    </message>
    <message>
        <source>Co&amp;mpare devices</source>
        <translation>仪器对比(&amp;M)</translation>
    </message>
    <message>
        <source>Put the devices of this evaluation side by side</source>
        <translation>并列对比本次评价的各台仪器</translation>
    </message>
    <message>
        <source>De&amp;vice</source>
        <translation>仪器(&amp;V)</translation>
    </message>
    <message>
        <source>&amp;Standard</source>
        <translation>标准(&amp;S)</translation>
    </message>
</context>
<context>
    <name>Evidence</name>
    <message>
        <source>Device {name}: {characteristic}</source>
        <translation>仪器 {name}：{characteristic}</translation>
    </message>
    <message>
        <source>Verdict</source>
        <translation>判定</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>理由</translation>
    </message>
    <message>
        <source>Limit</source>
        <translation>限值</translation>
    </message>
    <message>
        <source>Clause</source>
        <translation>条款</translation>
    </message>
    <message>
        <source>How the limit is known</source>
        <translation>限值依据</translation>
    </message>
    <message>
        <source>Of the procedure</source>
        <translation>测试方法</translation>
    </message>
    <message>
        <source>Belongs to</source>
        <translation>所属</translation>
    </message>
    <message>
        <source>95 % interval</source>
        <translation>95 % 包含区间</translation>
    </message>
    <message>
        <source>Notes</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>All attempts</source>
        <translation>各次结果</translation>
    </message>
    <message>
        <source>counts</source>
        <translation>采用</translation>
    </message>
    <message>
        <source>replaced by the repeat after it</source>
        <translation>由其后的重测代替</translation>
    </message>
    <message>
        <source>{number}. run {run}, finding {finding}</source>
        <translation>{number}. 测试 {run}，结果 {finding}</translation>
    </message>
    <message>
        <source>Pi&amp;cture</source>
        <translation>图(&amp;C)</translation>
    </message>
    <message>
        <source>Rea&amp;dings</source>
        <translation>读数(&amp;D)</translation>
    </message>
    <message>
        <source>Reason and &amp;attempts</source>
        <translation>理由与各次结果(&amp;A)</translation>
    </message>
    <message>
        <source>What lies behind the result</source>
        <translation>结果的依据</translation>
    </message>
    <message>
        <source>Reason and attempts</source>
        <translation>理由与各次结果</translation>
    </message>
    <message>
        <source>No readings lie behind this result here.</source>
        <translation>此结果在本记录中没有读数。</translation>
    </message>
</context>
<context>
    <name>Exporter</name>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>Exporting {name}</source>
        <translation>正在导出 {name}</translation>
    </message>
    <message>
        <source>Exported</source>
        <translation>已导出</translation>
    </message>
    <message>
        <source>Put away (Esc)</source>
        <translation>收起（Esc）</translation>
    </message>
    <message>
        <source>Open &amp;file</source>
        <translation>打开文件(&amp;F)</translation>
    </message>
    <message>
        <source>Open f&amp;older</source>
        <translation>打开文件夹(&amp;O)</translation>
    </message>
    <message>
        <source>E&amp;xport</source>
        <translation>导出(&amp;X)</translation>
    </message>
    <message>
        <source>Report in Chinese (PDF) …</source>
        <translation>中文报告（PDF）…</translation>
    </message>
    <message>
        <source>Report in English (PDF) …</source>
        <translation>英文报告（PDF）…</translation>
    </message>
    <message>
        <source>Findings and verdicts (JSON) …</source>
        <translation>结果与判定（JSON）…</translation>
    </message>
    <message>
        <source>Readings (CSV) …</source>
        <translation>读数（CSV）…</translation>
    </message>
    <message>
        <source>Readings (Parquet) …</source>
        <translation>读数（Parquet）…</translation>
    </message>
    <message>
        <source>&amp;Issue the report under a number …</source>
        <translation>签发带编号的报告(&amp;I) …</translation>
    </message>
</context>
<context>
    <name>ListModel</name>
    <message>
        <source>Begun</source>
        <translation>开始时间</translation>
    </message>
    <message>
        <source>Devices</source>
        <translation>仪器</translation>
    </message>
    <message>
        <source>Makers and models</source>
        <translation>制造商与型号</translation>
    </message>
    <message>
        <source>Standard</source>
        <translation>标准</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Verdict</source>
        <translation>判定</translation>
    </message>
    <message>
        <source>Evaluation</source>
        <translation>测试评价</translation>
    </message>
    <message>
        <source>{measurand}: {names}</source>
        <translation>{measurand}：{names}</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>simulated</source>
        <translation>模拟</translation>
    </message>
    <message>
        <source>a repeat</source>
        <translation>重测</translation>
    </message>
    <message>
        <source>repeats an item of {original}</source>
        <translation>重测 {original} 的项目</translation>
    </message>
</context>
<context>
    <name>ListView</name>
    <message>
        <source>all</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>any time</source>
        <translation>不限</translation>
    </message>
    <message>
        <source>last 7 days</source>
        <translation>近 7 天</translation>
    </message>
    <message>
        <source>last 31 days</source>
        <translation>近 31 天</translation>
    </message>
    <message>
        <source>last year</source>
        <translation>近一年</translation>
    </message>
    <message>
        <source>No evaluation yet</source>
        <translation>尚无测试评价</translation>
    </message>
    <message>
        <source>Begin one under “New evaluation”, or open the record of earlier ones.</source>
        <translation>可在“新建测试”中开始，或打开以往的记录。</translation>
    </message>
    <message>
        <source>Nothing found</source>
        <translation>没有找到</translation>
    </message>
    <message>
        <source>No evaluation fits the search and the filters.</source>
        <translation>没有符合搜索和筛选条件的测试评价。</translation>
    </message>
    <message>
        <source>{shown} of {known} evaluations</source>
        <translation>共 {known} 次测试评价，显示 {shown} 次</translation>
    </message>
    <message>
        <source>Search: device, maker, serial number, standard, date, notes (Ctrl+F)</source>
        <translation>搜索：仪器、制造商、出厂编号、标准、日期、备注（Ctrl+F）</translation>
    </message>
    <message>
        <source>Search evaluations</source>
        <translation>搜索测试评价</translation>
    </message>
    <message>
        <source>&amp;Maker</source>
        <translation>制造商(&amp;M)</translation>
    </message>
    <message>
        <source>S&amp;tandard</source>
        <translation>标准(&amp;T)</translation>
    </message>
    <message>
        <source>&amp;Verdict</source>
        <translation>判定(&amp;V)</translation>
    </message>
    <message>
        <source>&amp;Begun</source>
        <translation>时间(&amp;B)</translation>
    </message>
    <message>
        <source>&amp;Open</source>
        <translation>打开(&amp;O)</translation>
    </message>
    <message>
        <source>Show the results of the evaluation (Enter)</source>
        <translation>查看测试评价的结果（回车）</translation>
    </message>
    <message>
        <source>&amp;Compare</source>
        <translation>对比(&amp;C)</translation>
    </message>
    <message>
        <source>Put the devices of the chosen evaluations side by side</source>
        <translation>并列对比所选测试评价的仪器</translation>
    </message>
    <message>
        <source>Open &amp;record …</source>
        <translation>打开记录(&amp;R)…</translation>
    </message>
    <message>
        <source>List the evaluations of another record too</source>
        <translation>同时列出另一份记录中的测试评价</translation>
    </message>
    <message>
        <source>Evaluations</source>
        <translation>测试评价</translation>
    </message>
</context>
<context>
    <name>ReasonDialog</name>
    <message>
        <source>&amp;Reason (it stays in the record and the report)</source>
        <translation>理由（保留在记录和报告中）(&amp;R)</translation>
    </message>
    <message>
        <source>Entered by {name}</source>
        <translation>录入人：{name}</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
</context>
<context>
    <name>RescoreDialog</name>
    <message>
        <source>Judge {name} by another standard</source>
        <translation>按其他标准判定 {name}</translation>
    </message>
    <message>
        <source>choose a standard</source>
        <translation>选择标准</translation>
    </message>
    <message>
        <source>&amp;Standard</source>
        <translation>标准(&amp;S)</translation>
    </message>
    <message>
        <source>What changes</source>
        <translation>变化</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>S&amp;ave as CSV …</source>
        <translation>保存为 CSV(&amp;A)…</translation>
    </message>
    <message>
        <source>judging …</source>
        <translation>正在判定…</translation>
    </message>
    <message>
        <source>It cannot be judged</source>
        <translation>无法判定</translation>
    </message>
    <message>
        <source>The record keeps its verdicts; nothing is written.</source>
        <translation>记录中的判定不变，不写入任何内容。</translation>
    </message>
    <message>
        <source>{changed} verdicts change, {unchanged} stay as they are.</source>
        <translation>{changed} 项判定改变，{unchanged} 项不变。</translation>
    </message>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source>Not determined by this evaluation: {names}</source>
        <translation>本次测试评价未测定：{names}</translation>
    </message>
    <message>
        <source>Save what changes</source>
        <translation>保存判定的改变</translation>
    </message>
    <message>
        <source>Saved: {path}</source>
        <translation>已保存：{path}</translation>
    </message>
</context>
<context>
    <name>RescoreModel</name>
    <message>
        <source>Device</source>
        <translation>仪器</translation>
    </message>
    <message>
        <source>Characteristic</source>
        <translation>性能指标</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>数值</translation>
    </message>
    <message>
        <source>Verdict in the record</source>
        <translation>记录中的判定</translation>
    </message>
    <message>
        <source>Verdict by this standard</source>
        <translation>按所选标准的判定</translation>
    </message>
    <message>
        <source>not asked for</source>
        <translation>未要求</translation>
    </message>
    <message>
        <source>(provisional)</source>
        <translation>（暂定）</translation>
    </message>
</context>
<context>
    <name>ResultsPage</name>
    <message>
        <source>Reading {name}</source>
        <translation>正在读取 {name}</translation>
    </message>
    <message>
        <source>Reading evaluations</source>
        <translation>正在读取测试评价</translation>
    </message>
    <message>
        <source>Open a record</source>
        <translation>打开记录</translation>
    </message>
    <message>
        <source>Records</source>
        <translation>记录</translation>
    </message>
    <message>
        <source>All files</source>
        <translation>所有文件</translation>
    </message>
    <message>
        <source>{name}: {count} evaluations</source>
        <translation>{name}：{count} 次测试评价</translation>
    </message>
    <message>
        <source>Opening {name}</source>
        <translation>正在打开 {name}</translation>
    </message>
</context>
<context>
    <name>VerdictModel</name>
    <message>
        <source>Expanded uncertainty, or the interval from … to, with a coverage probability of about 95 %</source>
        <translation>扩展不确定度，或包含区间（下限…上限），包含概率约 95 %</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>仪器</translation>
    </message>
    <message>
        <source>Characteristic</source>
        <translation>性能指标</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>数值</translation>
    </message>
    <message>
        <source>U or 95 %</source>
        <translation>U 或 95 %</translation>
    </message>
    <message>
        <source>Limit</source>
        <translation>限值</translation>
    </message>
    <message>
        <source>Value ± U against the limit</source>
        <translation>结果 ± U 与限值</translation>
    </message>
    <message>
        <source>Verdict</source>
        <translation>判定</translation>
    </message>
    <message>
        <source>Standard</source>
        <translation>标准</translation>
    </message>
    <message>
        <source>no criterion</source>
        <translation>无指标要求</translation>
    </message>
</context>
<context>
    <name>VerdictTable</name>
    <message>
        <source>Verdicts</source>
        <translation>判定</translation>
    </message>
</context>
<context>
    <name>results</name>
    <message>
        <source>not judged</source>
        <translation>未判定</translation>
    </message>
    <message>
        <source>limit within uncertainty</source>
        <translation>限值在不确定度内</translation>
    </message>
    <message>
        <source>provisional limit</source>
        <translation>暂定限值</translation>
    </message>
    <message>
        <source>excluded</source>
        <translation>已剔除</translation>
    </message>
    <message>
        <source>repeated</source>
        <translation>已重测</translation>
    </message>
    <message>
        <source>Repeat: {reason} ({by}, {at})</source>
        <translation>重测：{reason}（{by}，{at}）</translation>
    </message>
    <message>
        <source>Excluded: {reason} ({by}, {at})</source>
        <translation>剔除：{reason}（{by}，{at}）</translation>
    </message>
    <message>
        <source>Taken back: {reason} ({by}, {at})</source>
        <translation>撤销剔除：{reason}（{by}，{at}）</translation>
    </message>
</context>
</TS>
