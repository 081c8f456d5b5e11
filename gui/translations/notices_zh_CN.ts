<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context>
    <name>Awake</name>
    <message>
        <source>This computer cannot be kept awake: {problem}. Switch its sleep off while runs go on.</source>
        <translation>无法阻止计算机休眠：{problem}。测试进行时请关闭系统的休眠功能。</translation>
    </message>
</context>
<context>
    <name>Notices</name>
    <message>
        <source>Show the window</source>
        <translation>显示窗口</translation>
    </message>
    <message>
        <source>testbench</source>
        <translation>testbench 测试台</translation>
    </message>
    <message>
        <source>{station}: a question waits for an answer</source>
        <translation>{station}：有问题等待应答</translation>
    </message>
    <message>
        <source>{station}: an alarm waits to be acknowledged</source>
        <translation>{station}：有报警等待确认</translation>
    </message>
    <message>
        <source>{station}: the run is paused</source>
        <translation>{station}：测试已暂停</translation>
    </message>
    <message>
        <source>{station}: the process of the run is lost</source>
        <translation>{station}：测试进程已丢失</translation>
    </message>
    <message>
        <source>{station}: the run was interrupted</source>
        <translation>{station}：测试已中断</translation>
    </message>
    <message>
        <source>{station}: the evaluation is finished</source>
        <translation>{station}：测试评价已完成</translation>
    </message>
    <message>
        <source>{station}: the evaluation was aborted</source>
        <translation>{station}：测试评价已中止</translation>
    </message>
    <message>
        <source>Evaluation {evaluation}, simulated</source>
        <translation>测试评价 {evaluation}，模拟</translation>
    </message>
    <message>
        <source>Evaluation {evaluation}</source>
        <translation>测试评价 {evaluation}</translation>
    </message>
</context>
</TS>
