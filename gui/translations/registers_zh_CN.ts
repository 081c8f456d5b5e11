<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context>
    <name>ControlPanel</name>
    <message>
        <source>Gas</source>
        <translation>气体</translation>
    </message>
    <message>
        <source>Chart</source>
        <translation>控制图</translation>
    </message>
    <message>
        <source>Enter reading</source>
        <translation>录入读数</translation>
    </message>
    <message>
        <source>Was adjusted</source>
        <translation>已调整</translation>
    </message>
    <message>
        <source>The drift sums begin anew</source>
        <translation>漂移累积和重新开始</translation>
    </message>
    <message>
        <source>Was repaired</source>
        <translation>已维修</translation>
    </message>
    <message>
        <source>All sums begin anew</source>
        <translation>全部累积和重新开始</translation>
    </message>
    <message>
        <source>Set s_AMS</source>
        <translation>设定 s_AMS</translation>
    </message>
    <message>
        <source>Control chart</source>
        <translation>控制图</translation>
    </message>
    <message>
        <source>Date</source>
        <translation>日期</translation>
    </message>
    <message>
        <source>Reading</source>
        <translation>读数</translation>
    </message>
    <message>
        <source>Reference</source>
        <translation>标准值</translation>
    </message>
    <message>
        <source>s_AMS could not be set</source>
        <translation>s_AMS 未能设定</translation>
    </message>
    <message>
        <source>The reading could not be entered</source>
        <translation>读数未能录入</translation>
    </message>
    <message>
        <source>Control charts</source>
        <translation>控制图</translation>
    </message>
    <message>
        <source>, by {amount} {unit}</source>
        <translation>，调整量 {amount} {unit}</translation>
    </message>
    <message>
        <source>no readings yet</source>
        <translation>尚无读数</translation>
    </message>
    <message>
        <source>Save the device first.</source>
        <translation>请先保存该仪器。</translation>
    </message>
    <message>
        <source>Set s_AMS of this gas; the charts are drawn with it.</source>
        <translation>请设定该气体的 s_AMS，控制图据此绘制。</translation>
    </message>
</context>
<context>
    <name>DateBox</name>
    <message>
        <source>Pick the day in a calendar (Alt+Down)</source>
        <translation>在日历中选择日期 (Alt+Down)</translation>
    </message>
    <message>
        <source>Calendar</source>
        <translation>日历</translation>
    </message>
</context>
<context>
    <name>EntryList</name>
    <message>
        <source>Search in all fields ({key})</source>
        <translation>搜索所有字段 ({key})</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Which entries</source>
        <translation>显示哪些条目</translation>
    </message>
    <message>
        <source>&amp;New</source>
        <translation>新建(&amp;N)</translation>
    </message>
    <message>
        <source>Enter something new (Ctrl+N)</source>
        <translation>登记新条目 (Ctrl+N)</translation>
    </message>
    <message>
        <source>Entries</source>
        <translation>条目</translation>
    </message>
    <message>
        <source>Enter the first one</source>
        <translation>登记第一个条目</translation>
    </message>
    <message>
        <source>Import from a station file …</source>
        <translation>从工位文件导入…</translation>
    </message>
    <message>
        <source>Show all</source>
        <translation>全部显示</translation>
    </message>
    <message>
        <source>Enter the devices under test once; every evaluation can then choose them.</source>
        <translation>被测仪器只需登记一次，之后每次测试评价均可选用。</translation>
    </message>
    <message>
        <source>Enter the cylinders with their certificates; what expires or empties is told in time.</source>
        <translation>登记气瓶及其证书，过期或用完时会及时提示。</translation>
    </message>
    <message>
        <source>Enter flow controllers, dividers and sensors with their certificates.</source>
        <translation>登记流量控制器、配气仪和传感器及其证书。</translation>
    </message>
    <message>
        <source>Nothing entered yet</source>
        <translation>尚无条目</translation>
    </message>
    <message>
        <source>Nothing found</source>
        <translation>未找到</translation>
    </message>
    <message>
        <source>No entry has all these words and this state.</source>
        <translation>没有同时符合这些词和状态的条目。</translation>
    </message>
    <message>
        <source>{shown} of {whole} entries</source>
        <translation>显示 {shown} 个，共 {whole} 个条目</translation>
    </message>
</context>
<context>
    <name>EntryPanel</name>
    <message>
        <source>&amp;Save</source>
        <translation>保存(&amp;S)</translation>
    </message>
    <message>
        <source>Save this entry</source>
        <translation>保存此条目</translation>
    </message>
    <message>
        <source>Dis&amp;card changes</source>
        <translation>放弃修改(&amp;C)</translation>
    </message>
    <message>
        <source>Go back to what is stored</source>
        <translation>恢复为已保存的内容</translation>
    </message>
    <message>
        <source>D&amp;uplicate</source>
        <translation>复制(&amp;U)</translation>
    </message>
    <message>
        <source>A new entry like this one, without its numbers</source>
        <translation>按此条目新建，不含编号</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>资料</translation>
    </message>
    <message>
        <source>History of this entry</source>
        <translation>此条目的修改记录</translation>
    </message>
    <message>
        <source>History</source>
        <translation>修改记录</translation>
    </message>
    <message>
        <source>QAL3 charts</source>
        <translation>QAL3 控制图</translation>
    </message>
    <message>
        <source>New entry</source>
        <translation>新条目</translation>
    </message>
    <message>
        <source>not saved yet</source>
        <translation>尚未保存</translation>
    </message>
    <message>
        <source>Fields with * are needed.</source>
        <translation>带 * 的字段必填。</translation>
    </message>
    <message>
        <source>changed, not saved yet</source>
        <translation>已修改，尚未保存</translation>
    </message>
    <message>
        <source>Entered {at} by {by}</source>
        <translation>{by} 于 {at} 登记</translation>
    </message>
    <message>
        <source>changed {at} by {by}</source>
        <translation>{by} 于 {at} 修改</translation>
    </message>
    <message>
        <source>&amp;Take into use again</source>
        <translation>恢复使用(&amp;T)</translation>
    </message>
    <message>
        <source>Re&amp;tire</source>
        <translation>停用(&amp;T)</translation>
    </message>
    <message>
        <source>Can be chosen for evaluations again</source>
        <translation>可重新用于测试评价</translation>
    </message>
    <message>
        <source>Out of use; it stays in the register</source>
        <translation>不再使用，但保留在登记册中</translation>
    </message>
    <message>
        <source>Files ({count})</source>
        <translation>文件 ({count})</translation>
    </message>
    <message>
        <source>Files</source>
        <translation>文件</translation>
    </message>
</context>
<context>
    <name>FilesPanel</name>
    <message>
        <source>&amp;Add files …</source>
        <translation>添加文件(&amp;A)…</translation>
    </message>
    <message>
        <source>Photographs, certificates, manuals; they can be dropped here as well (Ctrl+Shift+A)</source>
        <translation>照片、证书、说明书；也可拖放到此处 (Ctrl+Shift+A)</translation>
    </message>
    <message>
        <source>&amp;Open</source>
        <translation>打开(&amp;O)</translation>
    </message>
    <message>
        <source>Remove &amp;file</source>
        <translation>移除文件(&amp;F)</translation>
    </message>
    <message>
        <source>Take the file off the entry; the history keeps it</source>
        <translation>从条目中移除文件，修改记录中仍保留</translation>
    </message>
    <message>
        <source>Files of this entry</source>
        <translation>此条目的文件</translation>
    </message>
    <message>
        <source>No file yet. Drop photographs, certificates or other files here.</source>
        <translation>暂无文件。可将照片、证书或其他文件拖放到此处。</translation>
    </message>
    <message>
        <source>Save the entry first; then files can be added.</source>
        <translation>请先保存条目，然后即可添加文件。</translation>
    </message>
</context>
<context>
    <name>RegistersPage</name>
    <message>
        <source>Devices, gases</source>
        <translation>仪器与气体</translation>
    </message>
    <message>
        <source>&amp;Import, export</source>
        <translation>导入导出(&amp;I)</translation>
    </message>
    <message>
        <source>Import from a station file …</source>
        <translation>从工位文件导入…</translation>
    </message>
    <message>
        <source>Import from a CSV file …</source>
        <translation>从 CSV 文件导入…</translation>
    </message>
    <message>
        <source>Export the list as a CSV file …</source>
        <translation>将列表导出为 CSV 文件…</translation>
    </message>
    <message>
        <source>Remove an entry made by mistake …</source>
        <translation>删除误登记的条目…</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Registers</source>
        <translation>登记册</translation>
    </message>
    <message>
        <source>Not saved in the registers: {names}</source>
        <translation>登记册中尚未保存：{names}</translation>
    </message>
    <message>
        <source>Import from a station file</source>
        <translation>从工位文件导入</translation>
    </message>
    <message>
        <source>Station files (*.toml)</source>
        <translation>工位文件 (*.toml)</translation>
    </message>
    <message>
        <source>Import from a CSV file</source>
        <translation>从 CSV 文件导入</translation>
    </message>
    <message>
        <source>Tables (*.csv *.txt)</source>
        <translation>表格 (*.csv *.txt)</translation>
    </message>
    <message>
        <source>Export the list</source>
        <translation>导出列表</translation>
    </message>
    <message>
        <source>Tables (*.csv)</source>
        <translation>表格 (*.csv)</translation>
    </message>
    <message>
        <source>Remove the entry?</source>
        <translation>删除条目？</translation>
    </message>
    <message>
        <source>Remove {name}, with its files and its history?</source>
        <translation>删除 {name} 及其文件和修改记录？</translation>
    </message>
    <message>
        <source>An entry that was used in an evaluation stays; it can be retired.</source>
        <translation>已用于测试评价的条目不能删除，只能停用。</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>The station file was not imported</source>
        <translation>工位文件未能导入</translation>
    </message>
    <message>
        <source>Importing</source>
        <translation>正在导入</translation>
    </message>
    <message>
        <source>The table was not imported, or not all of it</source>
        <translation>表格未能导入或未全部导入</translation>
    </message>
    <message>
        <source>{count} entries written to {path}</source>
        <translation>已将 {count} 个条目写入 {path}</translation>
    </message>
    <message>
        <source>Exporting</source>
        <translation>正在导出</translation>
    </message>
    <message>
        <source>Imported: {added} new, {changed} changed, {unchanged} known already</source>
        <translation>已导入：新增 {added}，修改 {changed}，已有 {unchanged}</translation>
    </message>
</context>
<context>
    <name>SectionView</name>
    <message>
        <source>Reading the register</source>
        <translation>正在读取登记册</translation>
    </message>
    <message>
        <source>new entry</source>
        <translation>新条目</translation>
    </message>
    <message>
        <source>Saved: {name}</source>
        <translation>已保存：{name}</translation>
    </message>
    <message>
        <source>The entry could not be saved</source>
        <translation>条目未能保存</translation>
    </message>
    <message>
        <source>Saving</source>
        <translation>正在保存</translation>
    </message>
    <message>
        <source>Removed: {name}</source>
        <translation>已删除：{name}</translation>
    </message>
    <message>
        <source>Add files</source>
        <translation>添加文件</translation>
    </message>
    <message>
        <source>Adding files</source>
        <translation>正在添加文件</translation>
    </message>
    <message>
        <source>Opening {name}</source>
        <translation>正在打开 {name}</translation>
    </message>
</context>
</TS>
