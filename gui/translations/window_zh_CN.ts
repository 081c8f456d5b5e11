<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context>
    <name>MainWindow</name>
    <message>
        <source>Bench</source>
        <translation>工位</translation>
    </message>
    <message>
        <source>New evaluation</source>
        <translation>新建测试</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>Results</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>Devices, gases</source>
        <translation>仪器与气体</translation>
    </message>
    <message>
        <source>Standards</source>
        <translation>标准</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>testbench</source>
        <translation>testbench 测试台</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>快捷键</translation>
    </message>
    <message>
        <source>All keys of this screen (F1)</source>
        <translation>本页面的全部快捷键（F1）</translation>
    </message>
    <message>
        <source>Cancel this work</source>
        <translation>取消此项工作</translation>
    </message>
    <message>
        <source>runs that need somebody: {count}</source>
        <translation>需要人工处理的测试：{count}</translation>
    </message>
    <message>
        <source>runs going on: {count}</source>
        <translation>进行中的测试：{count}</translation>
    </message>
    <message>
        <source>no run going on</source>
        <translation>没有进行中的测试</translation>
    </message>
    <message>
        <source>cancelling …</source>
        <translation>正在取消…</translation>
    </message>
    <message>
        <source>This could not be done</source>
        <translation>此操作未能完成</translation>
    </message>
    <message>
        <source>A record cannot be read</source>
        <translation>无法读取记录</translation>
    </message>
    <message>
        <source>{error}
The window goes on; evaluations are not touched, they run in processes of their own. Please report it with the file {log}.</source>
        <translation>{error}
窗口继续工作；测试在各自的进程中运行，不受影响。请连同文件 {log} 一并反馈。</translation>
    </message>
    <message>
        <source>A defect of this program</source>
        <translation>程序缺陷</translation>
    </message>
    <message>
        <source>Put this message away (Esc)</source>
        <translation>收起此消息（Esc）</translation>
    </message>
    <message>
        <source>Close it all the same?</source>
        <translation>仍然关闭吗？</translation>
    </message>
    <message>
        <source>Close the window?</source>
        <translation>关闭窗口？</translation>
    </message>
</context>
<context>
    <name>ShortcutsDialog</name>
    <message>
        <source>Keys</source>
        <translation>快捷键</translation>
    </message>
    <message>
        <source>This screen</source>
        <translation>本页面</translation>
    </message>
    <message>
        <source>Everywhere</source>
        <translation>全局</translation>
    </message>
    <message>
        <source>This list</source>
        <translation>显示此列表</translation>
    </message>
    <message>
        <source>中文 / English</source>
        <translation>中文 / English</translation>
    </message>
    <message>
        <source>Close the window; evaluations go on</source>
        <translation>关闭窗口；测试继续进行</translation>
    </message>
</context>
<context>
    <name>SimulatedBanner</name>
    <message>
        <source>SIMULATED – no real instrument, not a measurement</source>
        <translation>模拟 SIMULATED：未连接真实仪器，不是测量结果</translation>
    </message>
</context>
</TS>
