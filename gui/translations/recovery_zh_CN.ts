<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context>
    <name>LostCard</name>
    <message>
        <source>simulated</source>
        <translation>模拟</translation>
    </message>
    <message>
        <source>no standard</source>
        <translation>未按标准判定</translation>
    </message>
    <message>
        <source>Its process is gone: killed, a power cut, or a restart of the computer</source>
        <translation>进程已丢失：被终止、断电或计算机重启</translation>
    </message>
    <message>
        <source>Interrupted</source>
        <translation>已中断</translation>
    </message>
    <message>
        <source>Why: {reason}</source>
        <translation>原因：{reason}</translation>
    </message>
    <message>
        <source>Devices {devices}; begun {started}</source>
        <translation>被测仪器 {devices}；开始于 {started}</translation>
    </message>
    <message>
        <source>Measured until {last}: {finished} of {planned} procedures finished, findings: {findings}</source>
        <translation>测至 {last}：{planned} 项测试程序已完成 {finished} 项，测试结果 {findings} 个</translation>
    </message>
    <message>
        <source> (simulated bench time)</source>
        <translation>（模拟台架时间）</translation>
    </message>
    <message>
        <source>{percent} % of the plan is done</source>
        <translation>计划已完成 {percent} %</translation>
    </message>
    <message>
        <source>&amp;Resume</source>
        <translation>恢复测试(&amp;R)</translation>
    </message>
    <message>
        <source>Go on at the first step that was not finished</source>
        <translation>从第一个未完成的步骤继续</translation>
    </message>
    <message>
        <source>&amp;Close as interrupted …</source>
        <translation>按中断关闭(&amp;C)…</translation>
    </message>
    <message>
        <source>Judge what there is; nothing can follow</source>
        <translation>按已有数据判定，此后不能继续</translation>
    </message>
    <message>
        <source>&amp;Inspect</source>
        <translation>查看(&amp;I)</translation>
    </message>
    <message>
        <source>Look at what was measured, and decide then</source>
        <translation>先查看已测数据，再作决定</translation>
    </message>
    <message>
        <source>&amp;Later</source>
        <translation>以后再说(&amp;L)</translation>
    </message>
    <message>
        <source>Ask again when the window is opened anew</source>
        <translation>下次打开窗口时再问</translation>
    </message>
    <message>
        <source>R&amp;eason</source>
        <translation>原因(&amp;E)</translation>
    </message>
    <message>
        <source>Why it is not gone on with; kept in the record</source>
        <translation>为何不再继续；记入记录</translation>
    </message>
    <message>
        <source>Close &amp;for good</source>
        <translation>确认关闭(&amp;F)</translation>
    </message>
</context>
<context>
    <name>OfferDialog</name>
    <message>
        <source>Evaluations that were interrupted</source>
        <translation>中断的测试评价</translation>
    </message>
    <message>
        <source>These evaluations did not come to their end. Everything that was measured is in the record. Look at the bench before you go on.</source>
        <translation>以下测试评价没有做完，已测得的数据都在记录中。继续之前请先查看台架。</translation>
    </message>
    <message>
        <source>&amp;All later</source>
        <translation>全部以后再说(&amp;A)</translation>
    </message>
</context>
<context>
    <name>Recovery</name>
    <message>
        <source>Going on with {evaluation}</source>
        <translation>恢复测试评价 {evaluation}</translation>
    </message>
    <message>
        <source>Closing {evaluation}</source>
        <translation>关闭测试评价 {evaluation}</translation>
    </message>
    <message>
        <source>{evaluation} is closed; its report can be written.</source>
        <translation>{evaluation} 已关闭，可以编制报告。</translation>
    </message>
</context>
</TS>
