<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context>
    <name>AskDialog</name>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
</context>
<context>
    <name>StandardView</name>
    <message>
        <source>&amp;Copy …</source>
        <translation>复制(&amp;C)…</translation>
    </message>
    <message>
        <source>Make a copy of it that is the laboratory&apos;s own and can be changed</source>
        <translation>复制为本实验室自己的标准，可以修改</translation>
    </message>
    <message>
        <source>Chec&amp;k</source>
        <translation>检查(&amp;K)</translation>
    </message>
    <message>
        <source>Look for tiers that overlap, gaps, limits without unit, unknown names</source>
        <translation>查找重叠或有空缺的分档、没有单位的限值、未知名称</translation>
    </message>
    <message>
        <source>Con&amp;firm the figure …</source>
        <translation>确认限值(&amp;F)…</translation>
    </message>
    <message>
        <source>&amp;Lock …</source>
        <translation>锁定(&amp;L)…</translation>
    </message>
    <message>
        <source>New &amp;version</source>
        <translation>新版本(&amp;V)</translation>
    </message>
    <message>
        <source>&amp;Open the file</source>
        <translation>打开文件(&amp;O)</translation>
    </message>
    <message>
        <source>Limits</source>
        <translation>限值</translation>
    </message>
    <message>
        <source>Suite</source>
        <translation>测试套件</translation>
    </message>
    <message>
        <source>About</source>
        <translation>说明</translation>
    </message>
    <message>
        <source>Check</source>
        <translation>检查</translation>
    </message>
    <message>
        <source>Characteristic</source>
        <translation>性能指标</translation>
    </message>
    <message>
        <source>For</source>
        <translation>适用于</translation>
    </message>
    <message>
        <source>Limit</source>
        <translation>限值</translation>
    </message>
    <message>
        <source>Where</source>
        <translation>适用范围</translation>
    </message>
    <message>
        <source>Figure</source>
        <translation>数值可信度</translation>
    </message>
    <message>
        <source>Procedure</source>
        <translation>测试程序</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Clause</source>
        <translation>条款</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>Weight</source>
        <translation>程度</translation>
    </message>
    <message>
        <source>What is wrong</source>
        <translation>问题</translation>
    </message>
    <message>
        <source>Where in the file</source>
        <translation>文件中的位置</translation>
    </message>
    <message>
        <source>Flaws</source>
        <translation>检查结果</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>all measurands</source>
        <translation>全部组分</translation>
    </message>
    <message>
        <source>Edition</source>
        <translation>标准版本</translation>
    </message>
    <message>
        <source>Criteria file</source>
        <translation>判据文件</translation>
    </message>
    <message>
        <source>Copied from</source>
        <translation>复制自</translation>
    </message>
    <message>
        <source>Made from</source>
        <translation>依据</translation>
    </message>
    <message>
        <source>Written for</source>
        <translation>适用组分</translation>
    </message>
    <message>
        <source>Decision rule</source>
        <translation>判定规则</translation>
    </message>
    <message>
        <source>SHA-256</source>
        <translation>SHA-256</translation>
    </message>
    <message>
        <source>Select a limit to see its clause, and where the figure comes from.</source>
        <translation>选择一个限值，查看条款和数值来源。</translation>
    </message>
    <message>
        <source>Not checked yet</source>
        <translation>尚未检查</translation>
    </message>
    <message>
        <source>Errors: {errors}; notes: {notes}</source>
        <translation>错误 {errors} 处，说明 {notes} 处</translation>
    </message>
    <message>
        <source>Only the laboratory&apos;s own standards are changed; copy it first</source>
        <translation>只能修改本实验室自己的标准；请先复制</translation>
    </message>
    <message>
        <source>It is locked; make a new version first</source>
        <translation>已锁定；请先建立新版本</translation>
    </message>
    <message>
        <source>From then on a change to the file is refused; this version is kept</source>
        <translation>锁定后拒绝改动，并保存此版本</translation>
    </message>
    <message>
        <source>Say who has read the selected limit in the standard&apos;s own text, and where</source>
        <translation>填写谁在标准原文何处核对了所选限值</translation>
    </message>
</context>
<context>
    <name>StandardsPage</name>
    <message>
        <source>Standards</source>
        <translation>标准</translation>
    </message>
    <message>
        <source>Search standards, characteristics, measurands</source>
        <translation>搜索标准、指标、被测组分</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
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
        <source>Provisional</source>
        <translation>暂定</translation>
    </message>
    <message>
        <source>Reading the standards</source>
        <translation>正在读取标准</translation>
    </message>
    <message>
        <source>Copy a standard</source>
        <translation>复制标准</translation>
    </message>
    <message>
        <source>Copy {name}</source>
        <translation>复制 {name}</translation>
    </message>
    <message>
        <source>The copy is the laboratory&apos;s own: its limits can be changed, confirmed and locked.</source>
        <translation>副本归本实验室所有：限值可以修改、确认和锁定。</translation>
    </message>
    <message>
        <source>Name of the copy</source>
        <translation>副本名称</translation>
    </message>
    <message>
        <source>small letters, digits, - _ .</source>
        <translation>小写字母、数字、- _ .</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Checking the standard</source>
        <translation>正在检查标准</translation>
    </message>
    <message>
        <source>{characteristic}: {limit}</source>
        <translation>{characteristic}：{limit}</translation>
    </message>
    <message>
        <source>Confirm a figure</source>
        <translation>确认限值</translation>
    </message>
    <message>
        <source>The figure is provisional no longer. Who has read it, when and where stays in the file.</source>
        <translation>该限值不再是暂定。核对人、时间和出处保留在文件中。</translation>
    </message>
    <message>
        <source>Read by</source>
        <translation>核对人</translation>
    </message>
    <message>
        <source>Edition and page</source>
        <translation>版本和页码</translation>
    </message>
    <message>
        <source>HJ 76-2017, page 12</source>
        <translation>HJ 76-2017，第 12 页</translation>
    </message>
    <message>
        <source>Limit, if another one stands there</source>
        <translation>限值（与原文不同时填写）</translation>
    </message>
    <message>
        <source>Confirm</source>
        <translation>确认</translation>
    </message>
    <message>
        <source>The figure is confirmed</source>
        <translation>限值已确认</translation>
    </message>
    <message>
        <source>Lock a standard</source>
        <translation>锁定标准</translation>
    </message>
    <message>
        <source>Lock {name}</source>
        <translation>锁定 {name}</translation>
    </message>
    <message>
        <source>From then on a change to the file is refused wherever it is used. A change needs a new version.</source>
        <translation>锁定后，文件如有改动，任何使用处都会拒绝。需要修改时请建立新版本。</translation>
    </message>
    <message>
        <source>Locked by</source>
        <translation>锁定人</translation>
    </message>
    <message>
        <source>Lock</source>
        <translation>锁定</translation>
    </message>
    <message>
        <source>Version {version} is locked</source>
        <translation>第 {version} 版已锁定</translation>
    </message>
    <message>
        <source>It is version {version} now and can be changed</source>
        <translation>现在是第 {version} 版，可以修改</translation>
    </message>
    <message>
        <source>{name} is the laboratory&apos;s own now</source>
        <translation>{name} 已成为本实验室的标准</translation>
    </message>
    <message>
        <source>The standard was not changed</source>
        <translation>标准未修改</translation>
    </message>
    <message>
        <source>Changing the standard</source>
        <translation>正在修改标准</translation>
    </message>
</context>
</TS>
