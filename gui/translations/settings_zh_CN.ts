<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context>
    <name>AboutSection</name>
    <message>
        <source>About</source>
        <translation>关于</translation>
    </message>
    <message>
        <source>Evaluates continuous emission monitoring systems (CEMS) on a test bench over VISA.</source>
        <translation>在测试台上通过 VISA 对烟气排放连续监测系统（CEMS）进行测试评价。</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>版本</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>日志</translation>
    </message>
    <message>
        <source>What is kept of you</source>
        <translation>用户数据文件夹</translation>
    </message>
    <message>
        <source>&amp;Open the folder</source>
        <translation>打开文件夹(&amp;O)</translation>
    </message>
    <message>
        <source>Libraries</source>
        <translation>所用软件库</translation>
    </message>
    <message>
        <source>The window is made with Qt and Qt for Python (PySide6), used under the GNU Lesser General Public License, version 3: they are linked dynamically, unchanged, and may be replaced by other versions. Their source is at {qt}; the licence is at {licence}.</source>
        <translation>本程序的窗口使用 Qt 和 Qt for Python（PySide6），依据 GNU 较宽松通用公共许可证第 3 版（LGPL v3）使用：动态链接，未作修改，可用其他版本替换。源代码见 {qt}，许可证见 {licence}。</translation>
    </message>
</context>
<context>
    <name>AppearanceSection</name>
    <message>
        <source>Language and colours</source>
        <translation>语言与外观</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Of the window; reports are written in either. Ctrl+Shift+L changes it anywhere.</source>
        <translation>窗口的语言；报告可用任一语言编制。在任何页面按 Ctrl+Shift+L 可切换。</translation>
    </message>
    <message>
        <source>Colours</source>
        <translation>外观</translation>
    </message>
    <message>
        <source>As the system has them</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
</context>
<context>
    <name>FoldersSection</name>
    <message>
        <source>Folders and records</source>
        <translation>文件夹与记录</translation>
    </message>
    <message>
        <source>New evaluations</source>
        <translation>新的测试评价</translation>
    </message>
    <message>
        <source>Record, reports and station files are written here, on a local disk.</source>
        <translation>记录、报告和工位文件写在此文件夹中，须在本机磁盘上。</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>C&amp;hoose …</source>
        <translation>选择(&amp;H)…</translation>
    </message>
    <message>
        <source>Records</source>
        <translation>记录</translation>
    </message>
    <message>
        <source>These are watched, searched and compared. A record that is forgotten stays as it is.</source>
        <translation>程序监视这些记录，并可在其中检索、比较。移出列表的记录文件保持不变。</translation>
    </message>
    <message>
        <source>&amp;Add a record …</source>
        <translation>添加记录(&amp;A)…</translation>
    </message>
    <message>
        <source>&amp;Forget</source>
        <translation>移出列表(&amp;F)</translation>
    </message>
    <message>
        <source>Folder of new evaluations</source>
        <translation>新的测试评价的文件夹</translation>
    </message>
    <message>
        <source>Records (*.sqlite *.db *.record);;All files (*)</source>
        <translation>记录 (*.sqlite *.db *.record);;所有文件 (*)</translation>
    </message>
    <message>
        <source>Add a record</source>
        <translation>添加记录</translation>
    </message>
    <message>
        <source>Opening the record</source>
        <translation>正在打开记录</translation>
    </message>
    <message>
        <source>{path} is not watched any more; the file stays.</source>
        <translation>{path} 已移出列表，文件保留。</translation>
    </message>
</context>
<context>
    <name>LaboratoryForm</name>
    <message>
        <source>In Chinese</source>
        <translation>中文</translation>
    </message>
    <message>
        <source>In English</source>
        <translation>英文</translation>
    </message>
    <message>
        <source>In Chinese, one a line</source>
        <translation>中文，每行一条</translation>
    </message>
    <message>
        <source>In English, one a line</source>
        <translation>英文，每行一条</translation>
    </message>
    <message>
        <source>Laboratory</source>
        <translation>实验室</translation>
    </message>
    <message>
        <source>A text that is given in one language serves for both.</source>
        <translation>只填一种语言时，两种语言的报告都用它。</translation>
    </message>
    <message>
        <source>Accreditation</source>
        <translation>认可与资质认定</translation>
    </message>
    <message>
        <source>Numbers and marks stand on issued reports of real evaluations only, never on simulated ones.</source>
        <translation>编号和标志只印在已签发的真实测试评价的报告上，模拟的报告上没有。</translation>
    </message>
    <message>
        <source>Report numbers</source>
        <translation>报告编号</translation>
    </message>
    <message>
        <source>Places: {{year}} {{month}} {{day}} {{number}}; {{number:04}} writes at least four digits. A number is never given twice.</source>
        <translation>可用占位符：{{year}} {{month}} {{day}} {{number}}；{{number:04}} 至少写四位数字。编号不会重复。</translation>
    </message>
    <message>
        <source>Client</source>
        <translation>委托单位</translation>
    </message>
    <message>
        <source>Named where no other is given when a report is issued.</source>
        <translation>签发报告时未另行填写的，用此委托单位。</translation>
    </message>
    <message>
        <source>Signature lines</source>
        <translation>签字栏</translation>
    </message>
    <message>
        <source>An empty name is filled in by hand.</source>
        <translation>留空的姓名由手工填写。</translation>
    </message>
    <message>
        <source>Statements on the first page</source>
        <translation>首页声明</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>地址</translation>
    </message>
    <message>
        <source>Telephone</source>
        <translation>电话</translation>
    </message>
    <message>
        <source>Logo</source>
        <translation>徽标</translation>
    </message>
    <message>
        <source>CMA number</source>
        <translation>CMA 编号</translation>
    </message>
    <message>
        <source>CMA mark</source>
        <translation>CMA 标志</translation>
    </message>
    <message>
        <source>CNAS number</source>
        <translation>CNAS 编号</translation>
    </message>
    <message>
        <source>CNAS mark</source>
        <translation>CNAS 标志</translation>
    </message>
    <message>
        <source>Scheme</source>
        <translation>编号规则</translation>
    </message>
    <message>
        <source>Counts from</source>
        <translation>起始序号</translation>
    </message>
    <message>
        <source>Contact</source>
        <translation>联系人</translation>
    </message>
    <message>
        <source>Tested by</source>
        <translation>检测</translation>
    </message>
    <message>
        <source>Checked by</source>
        <translation>核验</translation>
    </message>
    <message>
        <source>Approved by</source>
        <translation>批准</translation>
    </message>
</context>
<context>
    <name>LaboratorySection</name>
    <message>
        <source>Laboratory</source>
        <translation>实验室</translation>
    </message>
    <message>
        <source>First page of the next report</source>
        <translation>下一份报告的首页</translation>
    </message>
    <message>
        <source>&amp;Save</source>
        <translation>保存(&amp;S)</translation>
    </message>
    <message>
        <source>Write the template (Ctrl+S)</source>
        <translation>保存模板（Ctrl+S）</translation>
    </message>
    <message>
        <source>&amp;Revert</source>
        <translation>撤销修改(&amp;R)</translation>
    </message>
    <message>
        <source>Take back what was not saved</source>
        <translation>放弃未保存的修改</translation>
    </message>
    <message>
        <source>The laboratory&apos;s template is not saved.</source>
        <translation>实验室模板尚未保存。</translation>
    </message>
    <message>
        <source>The laboratory&apos;s template is saved.</source>
        <translation>实验室模板已保存。</translation>
    </message>
    <message>
        <source>Saving the laboratory&apos;s template</source>
        <translation>保存实验室模板</translation>
    </message>
    <message>
        <source>Next number: {number}</source>
        <translation>下一个编号：{number}</translation>
    </message>
    <message>
        <source>Shown as it was before the mistakes in the form.</source>
        <translation>表单有误，显示的是此前的样子。</translation>
    </message>
    <message>
        <source>Fields to be put right: {count}</source>
        <translation>需要更正的项：{count}</translation>
    </message>
    <message>
        <source>Not saved yet</source>
        <translation>尚未保存</translation>
    </message>
    <message>
        <source>Saved</source>
        <translation>已保存</translation>
    </message>
</context>
<context>
    <name>LibrariesModel</name>
    <message>
        <source>Library</source>
        <translation>软件库</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>版本</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>许可证</translation>
    </message>
</context>
<context>
    <name>PersonSection</name>
    <message>
        <source>You</source>
        <translation>用户</translation>
    </message>
    <message>
        <source>Name in the record</source>
        <translation>记录中的姓名</translation>
    </message>
    <message>
        <source>Answers, acknowledgements, exclusions and issued reports are kept in the record with this name.</source>
        <translation>应答、报警确认、结果剔除和报告签发都以此姓名记入记录。</translation>
    </message>
    <message>
        <source>&amp;Name</source>
        <translation>姓名(&amp;N)</translation>
    </message>
    <message>
        <source>Away from the window</source>
        <translation>离开窗口时</translation>
    </message>
    <message>
        <source>A &amp;desktop notice when a run needs somebody, or ends</source>
        <translation>测试需要处理或结束时发出桌面通知(&amp;D)</translation>
    </message>
    <message>
        <source>With a &amp;sound</source>
        <translation>并发出声音(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Keep this computer from sleeping while a run goes on</source>
        <translation>测试进行时不让计算机休眠(&amp;K)</translation>
    </message>
    <message>
        <source>The record will name {person}.</source>
        <translation>记录中将写入姓名“{person}”。</translation>
    </message>
</context>
<context>
    <name>PictureField</name>
    <message>
        <source>Choose …</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>清除</translation>
    </message>
    <message>
        <source>Pictures (*.png *.jpg *.jpeg *.svg)</source>
        <translation>图片 (*.png *.jpg *.jpeg *.svg)</translation>
    </message>
</context>
<context>
    <name>RecordsModel</name>
    <message>
        <source>Record</source>
        <translation>记录</translation>
    </message>
    <message>
        <source>Evaluations</source>
        <translation>测试评价</translation>
    </message>
    <message>
        <source>Going on</source>
        <translation>进行中</translation>
    </message>
</context>
<context>
    <name>SettingsPage</name>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Sections of the settings</source>
        <translation>设置的各部分</translation>
    </message>
</context>
<context>
    <name>StationsSection</name>
    <message>
        <source>Stations</source>
        <translation>工位</translation>
    </message>
    <message>
        <source>Station files</source>
        <translation>工位文件</translation>
    </message>
    <message>
        <source>Text of the station file</source>
        <translation>工位文件内容</translation>
    </message>
    <message>
        <source>&amp;New simulated station</source>
        <translation>新建模拟工位(&amp;N)</translation>
    </message>
    <message>
        <source>Make a simulated bench to try or to edit</source>
        <translation>生成一个模拟工位，供试用或修改</translation>
    </message>
    <message>
        <source>&amp;Add a file …</source>
        <translation>添加文件(&amp;A)…</translation>
    </message>
    <message>
        <source>Put a station file on the list</source>
        <translation>把一个工位文件加入列表</translation>
    </message>
    <message>
        <source>&amp;Take off the list</source>
        <translation>移出列表(&amp;T)</translation>
    </message>
    <message>
        <source>The file itself stays</source>
        <translation>文件本身保留</translation>
    </message>
    <message>
        <source>&amp;Go to the line</source>
        <translation>转到该行(&amp;G)</translation>
    </message>
    <message>
        <source>Show the line that is wrong</source>
        <translation>显示有误的行</translation>
    </message>
    <message>
        <source>&amp;Check</source>
        <translation>检查(&amp;C)</translation>
    </message>
    <message>
        <source>Check the text; no instrument is touched</source>
        <translation>检查内容，不连接仪器</translation>
    </message>
    <message>
        <source>&amp;Revert</source>
        <translation>撤销修改(&amp;R)</translation>
    </message>
    <message>
        <source>Take back what was not saved</source>
        <translation>放弃未保存的修改</translation>
    </message>
    <message>
        <source>&amp;Save</source>
        <translation>保存(&amp;S)</translation>
    </message>
    <message>
        <source>Write the file</source>
        <translation>写入文件</translation>
    </message>
    <message>
        <source>No station yet</source>
        <translation>还没有工位</translation>
    </message>
    <message>
        <source>A station file describes a bench. Begin with a simulated one, or add the file of a real bench.</source>
        <translation>工位文件描述一个测试台。可先新建模拟工位，或添加真实测试台的工位文件。</translation>
    </message>
    <message>
        <source>Station files that are not saved: {names}</source>
        <translation>未保存的工位文件：{names}</translation>
    </message>
    <message>
        <source>Station files (*.toml)</source>
        <translation>工位文件 (*.toml)</translation>
    </message>
    <message>
        <source>Add a station file</source>
        <translation>添加工位文件</translation>
    </message>
    <message>
        <source>Made {path}</source>
        <translation>已生成 {path}</translation>
    </message>
    <message>
        <source>{name} has changes that are not saved. They would be lost. Take it off the list?</source>
        <translation>{name} 有未保存的修改，移出列表后将丢失。是否移出？</translation>
    </message>
    <message>
        <source>Line {line}: </source>
        <translation>第 {line} 行：</translation>
    </message>
    <message>
        <source>{problem}

This station cannot be used like that. Save it all the same?</source>
        <translation>{problem}

这样的工位无法使用。仍要保存吗？</translation>
    </message>
    <message>
        <source>Saving the station file</source>
        <translation>保存工位文件</translation>
    </message>
    <message>
        <source>{name} was changed by another program since it was opened here. Overwrite it?</source>
        <translation>{name} 打开之后已被其他程序修改。是否覆盖？</translation>
    </message>
    <message>
        <source>Saved {name}</source>
        <translation>已保存 {name}</translation>
    </message>
    <message>
        <source>not saved yet</source>
        <translation>尚未保存</translation>
    </message>
    <message>
        <source>checking …</source>
        <translation>正在检查…</translation>
    </message>
    <message>
        <source>Line {line}</source>
        <translation>第 {line} 行</translation>
    </message>
    <message>
        <source>Not usable</source>
        <translation>无法使用</translation>
    </message>
    <message>
        <source>simulated</source>
        <translation>模拟</translation>
    </message>
    <message>
        <source>real instruments</source>
        <translation>真实仪器</translation>
    </message>
    <message>
        <source>Nothing wrong found; {kind}; devices {names}</source>
        <translation>未发现问题；{kind}；被测仪器 {names}</translation>
    </message>
</context>
</TS>
