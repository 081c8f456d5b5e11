<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context>
    <name>FindingPlot</name>
    <message>
        <source>Choose a result to see its picture.</source>
        <translation>选择一项结果以查看其图形。</translation>
    </message>
    <message>
        <source>This result has no picture.</source>
        <translation>该结果没有图形。</translation>
    </message>
    <message>
        <source>Picture of the result</source>
        <translation>结果图形</translation>
    </message>
    <message>
        <source>limit</source>
        <translation>限值</translation>
    </message>
    <message>
        <source>Reference</source>
        <translation>参考值</translation>
    </message>
    <message>
        <source>Error</source>
        <translation>示值误差</translation>
    </message>
    <message>
        <source>Day</source>
        <translation>天</translation>
    </message>
    <message>
        <source>Change since day 0</source>
        <translation>相对第 0 天的变化</translation>
    </message>
    <message>
        <source>Drift in 24 h</source>
        <translation>24 h 漂移</translation>
    </message>
    <message>
        <source>Time from the change of gas</source>
        <translation>自换气起的时间</translation>
    </message>
    <message>
        <source>Indication</source>
        <translation>示值</translation>
    </message>
    <message>
        <source>Number of the reading</source>
        <translation>读数序号</translation>
    </message>
</context>
<context>
    <name>PlotBar</name>
    <message>
        <source>All</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>Show everything (Home)</source>
        <translation>显示全部 (Home)</translation>
    </message>
    <message>
        <source>Follow</source>
        <translation>跟随</translation>
    </message>
    <message>
        <source>Stay with the latest readings (F)</source>
        <translation>跟随最新读数 (F)</translation>
    </message>
    <message>
        <source>Together</source>
        <translation>合并</translation>
    </message>
    <message>
        <source>All on one axis, each in % of its own range (T)</source>
        <translation>全部画在同一坐标轴上，各按自身范围的百分比 (T)</translation>
    </message>
    <message>
        <source>Clock</source>
        <translation>时刻</translation>
    </message>
    <message>
        <source>Time of day instead of bench time (C)</source>
        <translation>用钟表时间代替台架时间 (C)</translation>
    </message>
    <message>
        <source>Values</source>
        <translation>数值</translation>
    </message>
    <message>
        <source>List of channels with their values (V)</source>
        <translation>通道及其数值列表 (V)</translation>
    </message>
    <message>
        <source>Wheel: zoom · drag: move · right drag: choose a span</source>
        <translation>滚轮：缩放 · 拖动：移动 · 右键拖动：选取区间</translation>
    </message>
</context>
<context>
    <name>TracePlot</name>
    <message>
        <source>Trend</source>
        <translation>趋势</translation>
    </message>
    <message>
        <source>Arrow keys move, + and − zoom, Home shows everything, F follows the latest readings.</source>
        <translation>方向键移动，+ 和 − 缩放，Home 显示全部，F 跟随最新读数。</translation>
    </message>
    <message>
        <source>Channel</source>
        <translation>通道</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>数值</translation>
    </message>
    <message>
        <source>Unit</source>
        <translation>单位</translation>
    </message>
    <message>
        <source>Channels and their values</source>
        <translation>通道及其数值</translation>
    </message>
    <message>
        <source>set-point</source>
        <translation>设定值</translation>
    </message>
    <message>
        <source>reference</source>
        <translation>参考值</translation>
    </message>
    <message>
        <source>% of own range</source>
        <translation>自身范围的 %</translation>
    </message>
    <message>
        <source>Latest in view</source>
        <translation>视图内最新值</translation>
    </message>
</context>
</TS>
