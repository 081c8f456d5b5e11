<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context>
    <name>AbortQuestion</name>
    <message>
        <source>Abort?</source>
        <translation>确定中止？</translation>
    </message>
    <message>
        <source>The bench goes to its safe state; what was measured stays. It cannot be gone on with later.</source>
        <translation>台架将转入安全状态，已测数据保留。中止后不能再继续。</translation>
    </message>
    <message>
        <source>Reason (may stay empty)</source>
        <translation>原因（可不填）</translation>
    </message>
    <message>
        <source>Abort now</source>
        <translation>立即中止</translation>
    </message>
    <message>
        <source>Keep it going (Esc)</source>
        <translation>不中止，继续 (Esc)</translation>
    </message>
</context>
<context>
    <name>AlarmPanel</name>
    <message>
        <source>Alarms</source>
        <translation>报警</translation>
    </message>
    <message>
        <source>Acknowledge all (Ctrl+K)</source>
        <translation>全部确认 (Ctrl+K)</translation>
    </message>
    <message>
        <source>still there</source>
        <translation>仍在报警</translation>
    </message>
    <message>
        <source>value is back</source>
        <translation>数值已恢复</translation>
    </message>
    <message>
        <source>not acknowledged</source>
        <translation>未确认</translation>
    </message>
    <message>
        <source>acknowledged by {person}</source>
        <translation>已由 {person} 确认</translation>
    </message>
    <message>
        <source>Alarms: {count}</source>
        <translation>报警：{count}</translation>
    </message>
    <message>
        <source>Acknowledge</source>
        <translation>确认</translation>
    </message>
    <message>
        <source>Acknowledge {name}</source>
        <translation>确认 {name}</translation>
    </message>
</context>
<context>
    <name>EventList</name>
    <message>
        <source>Events</source>
        <translation>事件</translation>
    </message>
    <message>
        <source>Clock</source>
        <translation>时刻</translation>
    </message>
    <message>
        <source>Bench time</source>
        <translation>台架时间</translation>
    </message>
    <message>
        <source>Event</source>
        <translation>事件</translation>
    </message>
</context>
<context>
    <name>FormGrid</name>
    <message>
        <source>Table to fill in</source>
        <translation>待填写的表格</translation>
    </message>
    <message>
        <source>Import CSV … (Ctrl+I)</source>
        <translation>导入 CSV … (Ctrl+I)</translation>
    </message>
    <message>
        <source>Add row (Ctrl+Down)</source>
        <translation>添加行 (Ctrl+Down)</translation>
    </message>
    <message>
        <source>Remove row (Ctrl+Up)</source>
        <translation>删除行 (Ctrl+Up)</translation>
    </message>
    <message>
        <source>Save table (Ctrl+Return)</source>
        <translation>保存表格 (Ctrl+Return)</translation>
    </message>
    <message>
        <source>Cells can be pasted from a spreadsheet (Ctrl+V).</source>
        <translation>可从电子表格粘贴单元格 (Ctrl+V)。</translation>
    </message>
    <message>
        <source>Row {row}, {column}: {why}</source>
        <translation>第 {row} 行，{column}：{why}</translation>
    </message>
    <message>
        <source>{count} cells are still empty.</source>
        <translation>还有 {count} 个单元格未填写。</translation>
    </message>
    <message>
        <source>Complete, from {file}.</source>
        <translation>已填写完整，来自 {file}。</translation>
    </message>
    <message>
        <source>Complete.</source>
        <translation>已填写完整。</translation>
    </message>
    <message>
        <source>Tables</source>
        <translation>表格</translation>
    </message>
    <message>
        <source>Table to read</source>
        <translation>选择要读取的表格</translation>
    </message>
</context>
<context>
    <name>Headline</name>
    <message>
        <source>Reading the record …</source>
        <translation>正在读取记录…</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>进度</translation>
    </message>
    <message>
        <source>Running</source>
        <translation>运行中</translation>
    </message>
    <message>
        <source>Pauses after this step</source>
        <translation>本步骤结束后暂停</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>Held by an alarm</source>
        <translation>因报警保持</translation>
    </message>
    <message>
        <source>Waits for you</source>
        <translation>等待操作员</translation>
    </message>
    <message>
        <source>Process lost</source>
        <translation>进程丢失</translation>
    </message>
    <message>
        <source>Interrupted</source>
        <translation>已中断</translation>
    </message>
    <message>
        <source>Closed</source>
        <translation>已关闭</translation>
    </message>
    <message>
        <source>Finished</source>
        <translation>已完成</translation>
    </message>
    <message>
        <source>Aborted</source>
        <translation>已中止</translation>
    </message>
    <message>
        <source>Finished: {outcome}</source>
        <translation>已完成：{outcome}</translation>
    </message>
    <message>
        <source>The first step has not begun yet</source>
        <translation>尚未开始第一个步骤</translation>
    </message>
    <message>
        <source>Run {run} of {runs}: {title}, step {step} of {steps}</source>
        <translation>第 {run}/{runs} 项测试：{title}，步骤 {step}/{steps}</translation>
    </message>
    <message>
        <source> (attempt {number})</source>
        <translation>（第 {number} 次）</translation>
    </message>
    <message>
        <source>Bench time {bench}</source>
        <translation>台架时间 {bench}</translation>
    </message>
    <message>
        <source>real time {elapsed}</source>
        <translation>实际用时 {elapsed}</translation>
    </message>
    <message>
        <source>{left} left, until {end}</source>
        <translation>剩余 {left}，到 {end}</translation>
    </message>
    <message>
        <source>Elapsed {elapsed}</source>
        <translation>已用 {elapsed}</translation>
    </message>
    <message>
        <source>{left} left</source>
        <translation>剩余 {left}</translation>
    </message>
    <message>
        <source>ends about {clock}</source>
        <translation>预计 {clock} 结束</translation>
    </message>
</context>
<context>
    <name>PromptPanel</name>
    <message>
        <source>Question to the operator</source>
        <translation>向操作员提问</translation>
    </message>
    <message>
        <source>Answer (Enter)</source>
        <translation>回答 (Enter)</translation>
    </message>
    <message>
        <source>Choose &amp;picture …</source>
        <translation>选择图片(&amp;P) …</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>no picture chosen yet</source>
        <translation>尚未选择图片</translation>
    </message>
    <message>
        <source>A digit chooses, Enter answers.</source>
        <translation>按数字键选择，Enter 回答。</translation>
    </message>
    <message>
        <source>Expected about {value} {unit}; a point or a comma.</source>
        <translation>预期约 {value} {unit}；小数点可用点或逗号。</translation>
    </message>
    <message>
        <source>A number; a point or a comma.</source>
        <translation>请输入数字；小数点可用点或逗号。</translation>
    </message>
    <message>
        <source>Enter confirms; a remark may stand before it.</source>
        <translation>按 Enter 确认，可先填写备注。</translation>
    </message>
    <message>
        <source>The evaluation waits for your answer</source>
        <translation>测试评价正在等待您的回答</translation>
    </message>
    <message>
        <source>{count} questions wait for your answer</source>
        <translation>{count} 个问题等待您的回答</translation>
    </message>
    <message>
        <source>A picture is asked for too: choose a PNG or JPEG file.</source>
        <translation>还需要一张图片：请选择 PNG 或 JPEG 文件。</translation>
    </message>
    <message>
        <source>Choose one of the answers first.</source>
        <translation>请先选择一个答案。</translation>
    </message>
    <message>
        <source>“{text}” is not a number; give a number in {unit}.</source>
        <translation>“{text}”不是数字；请输入以 {unit} 为单位的数字。</translation>
    </message>
    <message>
        <source>Picture for the answer</source>
        <translation>用作回答的图片</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>图片</translation>
    </message>
</context>
<context>
    <name>RunPage</name>
    <message>
        <source>&amp;Evaluation</source>
        <translation>测试评价(&amp;E)</translation>
    </message>
    <message>
        <source>Evaluation to follow</source>
        <translation>要查看的测试评价</translation>
    </message>
    <message>
        <source>No evaluation goes on</source>
        <translation>没有正在进行的测试评价</translation>
    </message>
    <message>
        <source>Start one, and this screen shows what it does; evaluations go on when the window is closed.</source>
        <translation>开始一项测试评价后，此处显示其进展；关闭窗口不会结束测试评价。</translation>
    </message>
    <message>
        <source>New evaluation</source>
        <translation>新建测试评价</translation>
    </message>
    <message>
        <source>Show the results</source>
        <translation>查看结果</translation>
    </message>
    <message>
        <source>Verdicts, plots and report of this evaluation</source>
        <translation>该测试评价的判定、图形和报告</translation>
    </message>
    <message>
        <source>Results so far</source>
        <translation>目前的结果</translation>
    </message>
    <message>
        <source>Events</source>
        <translation>事件</translation>
    </message>
    <message>
        <source>process lost</source>
        <translation>进程丢失</translation>
    </message>
    <message>
        <source>closed</source>
        <translation>已关闭</translation>
    </message>
    <message>
        <source>Pausing</source>
        <translation>正在暂停</translation>
    </message>
    <message>
        <source>Going on</source>
        <translation>正在继续</translation>
    </message>
    <message>
        <source>Aborting</source>
        <translation>正在中止</translation>
    </message>
    <message>
        <source>Acknowledging</source>
        <translation>正在确认</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>Note for the record:</source>
        <translation>写入记录的备注：</translation>
    </message>
    <message>
        <source>Writing a note</source>
        <translation>正在写入备注</translation>
    </message>
</context>
<context>
    <name>SteeringBar</name>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Pause when the present step has ended</source>
        <translation>当前步骤结束后暂停</translation>
    </message>
    <message>
        <source>Pause at once</source>
        <translation>立即暂停</translation>
    </message>
    <message>
        <source>Cut the present step; it is attempted again</source>
        <translation>打断当前步骤，之后重新进行</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Go on with the evaluation</source>
        <translation>继续测试评价</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>Write a note into the record</source>
        <translation>将备注写入记录</translation>
    </message>
    <message>
        <source>Abort …</source>
        <translation>中止 …</translation>
    </message>
    <message>
        <source>End it; the bench goes to its safe state</source>
        <translation>结束测试评价，台架转入安全状态</translation>
    </message>
</context>
<context>
    <name>StepList</name>
    <message>
        <source>Steps</source>
        <translation>步骤</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>步骤</translation>
    </message>
    <message>
        <source>Begins</source>
        <translation>开始</translation>
    </message>
    <message>
        <source>attempt {number}</source>
        <translation>第 {number} 次</translation>
    </message>
</context>
<context>
    <name>VerdictTable</name>
    <message>
        <source>Results so far</source>
        <translation>目前的结果</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>被测仪器</translation>
    </message>
    <message>
        <source>Characteristic</source>
        <translation>性能特性</translation>
    </message>
    <message>
        <source>Value ± U</source>
        <translation>结果 ± U</translation>
    </message>
    <message>
        <source>Limit</source>
        <translation>指标要求</translation>
    </message>
    <message>
        <source>Value and limit</source>
        <translation>结果与限值</translation>
    </message>
    <message>
        <source>Verdict</source>
        <translation>判定</translation>
    </message>
</context>
</TS>
