<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context>
    <name>IssueDialog</name>
    <message>
        <source>Issue a report</source>
        <translation>签发报告</translation>
    </message>
    <message>
        <source>The report of {evaluation} gets a number, which is kept in the record with your name, {person}.</source>
        <translation>{evaluation} 的报告将获得编号，并以您的姓名（{person}）记入记录。</translation>
    </message>
    <message>
        <source>It replaces report {number}, and says so.</source>
        <translation>它替代报告 {number}，报告中会注明。</translation>
    </message>
    <message>
        <source>&amp;Number</source>
        <translation>报告编号(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Client</source>
        <translation>委托单位(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Address</source>
        <translation>地址(&amp;A)</translation>
    </message>
    <message>
        <source>C&amp;ontact</source>
        <translation>联系人(&amp;O)</translation>
    </message>
    <message>
        <source>&amp;Receipt of the samples</source>
        <translation>样品接收(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Language</source>
        <translation>语言(&amp;L)</translation>
    </message>
    <message>
        <source>When they came, how many, in which state</source>
        <translation>何时收到、数量、外观</translation>
    </message>
    <message>
        <source>Outside the &amp;scope of the accreditation: no mark is printed</source>
        <translation>不在认可（资质认定）范围内，不印标志(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Issue</source>
        <translation>签发(&amp;I)</translation>
    </message>
    <message>
        <source>O&amp;pen the report</source>
        <translation>打开报告(&amp;P)</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>It was not issued</source>
        <translation>未能签发</translation>
    </message>
    <message>
        <source>Issuing …</source>
        <translation>正在签发…</translation>
    </message>
    <message>
        <source>Issued as {number}</source>
        <translation>已签发，编号 {number}</translation>
    </message>
    <message>
        <source>Report {number} is issued: {path}</source>
        <translation>报告 {number} 已签发：{path}</translation>
    </message>
</context>
</TS>
