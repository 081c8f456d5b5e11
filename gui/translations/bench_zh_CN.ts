<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context>
    <name>AdjustForm</name>
    <message>
        <source>&amp;Zero to</source>
        <translation>零点调至(&amp;Z)</translation>
    </message>
    <message>
        <source>S&amp;pan to</source>
        <translation>量程调至(&amp;P)</translation>
    </message>
    <message>
        <source>Adjust zero …</source>
        <translation>调零点…</translation>
    </message>
    <message>
        <source>Adjust span …</source>
        <translation>调量程…</translation>
    </message>
</context>
<context>
    <name>BenchPage</name>
    <message>
        <source>Bench</source>
        <translation>工位</translation>
    </message>
    <message>
        <source>No station yet</source>
        <translation>还没有工位</translation>
    </message>
    <message>
        <source>A station file describes a bench: its instruments, gases and devices under test.
Begin with a simulated bench, or open the file of a real one.</source>
        <translation>工位文件描述一个工位：仪表、气体和被测仪器。
可从模拟工位开始，或打开实际工位的文件。</translation>
    </message>
    <message>
        <source>&amp;New simulated station</source>
        <translation>新建模拟工位(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Open a station file …</source>
        <translation>打开工位文件…(&amp;O)</translation>
    </message>
    <message>
        <source>Picture of the station; arrow keys choose a part, Enter opens it</source>
        <translation>工位示意图；用方向键选择，回车键打开</translation>
    </message>
    <message>
        <source>The bench is in your hand. When the window is closed it goes to its safe state and is given up.</source>
        <translation>工位正由您手动操作。关闭窗口后，工位将转入安全状态并释放。</translation>
    </message>
    <message>
        <source>Open a station file</source>
        <translation>打开工位文件</translation>
    </message>
    <message>
        <source>Station files (*.toml);;All files (*)</source>
        <translation>工位文件 (*.toml);;所有文件 (*)</translation>
    </message>
    <message>
        <source>This station cannot be used</source>
        <translation>此工位无法使用</translation>
    </message>
    <message>
        <source>The station is not in your hand</source>
        <translation>未能取得工位</translation>
    </message>
    <message>
        <source>The safe state is not verified</source>
        <translation>安全状态未经确认</translation>
    </message>
    <message>
        <source>The bench is safe, verified by reading back, and given up.</source>
        <translation>工位已处于安全状态（经回读确认），并已释放。</translation>
    </message>
    <message>
        <source>{time}  {what}</source>
        <translation>{time}  {what}</translation>
    </message>
    <message>
        <source>read back: {values}</source>
        <translation>回读：{values}</translation>
    </message>
</context>
<context>
    <name>CheckDialog</name>
    <message>
        <source>Check of the station</source>
        <translation>工位检查</translation>
    </message>
    <message>
        <source>Parts of the station and what is wrong with them</source>
        <translation>工位各部分及其问题</translation>
    </message>
    <message>
        <source>&amp;Check again</source>
        <translation>重新检查(&amp;C)</translation>
    </message>
    <message>
        <source>Cl&amp;ose</source>
        <translation>关闭(&amp;O)</translation>
    </message>
    <message>
        <source>the station cannot be checked now</source>
        <translation>现在无法检查此工位</translation>
    </message>
    <message>
        <source>asking {name} …</source>
        <translation>正在询问 {name}…</translation>
    </message>
    <message>
        <source>parts that cannot be used: {faults}; to be looked at: {attention}</source>
        <translation>不能使用：{faults} 项；需查看：{attention} 项</translation>
    </message>
    <message>
        <source>every instrument answers; to be looked at: {attention}</source>
        <translation>所有仪表均有应答；需查看：{attention} 项</translation>
    </message>
    <message>
        <source>every instrument answers; nothing is wrong</source>
        <translation>所有仪表均有应答，未发现问题</translation>
    </message>
</context>
<context>
    <name>CheckModel</name>
    <message>
        <source>Part</source>
        <translation>部分</translation>
    </message>
    <message>
        <source>What it is</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>Says it is</source>
        <translation>自报型号</translation>
    </message>
    <message>
        <source>What is wrong</source>
        <translation>问题</translation>
    </message>
    <message>
        <source>read by {name}</source>
        <translation>由 {name} 读取</translation>
    </message>
    <message>
        <source>answers, but says no name</source>
        <translation>有应答，但未报型号</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>无</translation>
    </message>
</context>
<context>
    <name>ConfirmAdjustment</name>
    <message>
        <source>Adjust the zero of {name}? Its indication, now {now}, becomes {target}. Zero gas must be flowing.</source>
        <translation>调整 {name} 的零点？当前示值 {now} 将变为 {target}。此时应通入零气。</translation>
    </message>
    <message>
        <source>Adjust the span of {name}? Its indication, now {now}, becomes {target}. Span gas must be flowing.</source>
        <translation>调整 {name} 的量程？当前示值 {now} 将变为 {target}。此时应通入量程气。</translation>
    </message>
    <message>
        <source>Adjust a device</source>
        <translation>调整被测仪器</translation>
    </message>
    <message>
        <source>&amp;Adjust</source>
        <translation>调整(&amp;A)</translation>
    </message>
</context>
<context>
    <name>GasForm</name>
    <message>
        <source>&amp;Content of {gas}</source>
        <translation>{gas} 含量(&amp;C)</translation>
    </message>
    <message>
        <source>for example 50</source>
        <translation>例如 50</translation>
    </message>
    <message>
        <source>Unit of the content</source>
        <translation>含量单位</translation>
    </message>
    <message>
        <source>&amp;Supply</source>
        <translation>供气(&amp;S)</translation>
    </message>
    <message>
        <source>Supply {level} % of full scale</source>
        <translation>供给满量程的 {level} %</translation>
    </message>
    <message>
        <source>&amp;Zero gas</source>
        <translation>零气(&amp;Z)</translation>
    </message>
    <message>
        <source>R&amp;est</source>
        <translation>待机(&amp;E)</translation>
    </message>
    <message>
        <source>S&amp;top gas</source>
        <translation>停气(&amp;T)</translation>
    </message>
</context>
<context>
    <name>NumberForm</name>
    <message>
        <source>&amp;Flow, 0 to {high} {unit}</source>
        <translation>流量，0 ~ {high} {unit}(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Velocity</source>
        <translation>流速(&amp;V)</translation>
    </message>
    <message>
        <source>&amp;Set</source>
        <translation>设定(&amp;S)</translation>
    </message>
    <message>
        <source>S&amp;top</source>
        <translation>停止(&amp;T)</translation>
    </message>
</context>
<context>
    <name>Panel</name>
    <message>
        <source>Driver</source>
        <translation>驱动程序</translation>
    </message>
    <message>
        <source>Driver verified</source>
        <translation>驱动验证</translation>
    </message>
    <message>
        <source>Resource</source>
        <translation>资源</translation>
    </message>
    <message>
        <source>Says it is</source>
        <translation>自报型号</translation>
    </message>
    <message>
        <source>Certificate</source>
        <translation>证书</translation>
    </message>
    <message>
        <source>Last question</source>
        <translation>最近询问</translation>
    </message>
    <message>
        <source>Last answer</source>
        <translation>最近应答</translation>
    </message>
    <message>
        <source>Instrument</source>
        <translation>仪表</translation>
    </message>
    <message>
        <source>By hand</source>
        <translation>手动</translation>
    </message>
    <message>
        <source>Read now</source>
        <translation>立即读取</translation>
    </message>
    <message>
        <source>Read every instrument now (F5)</source>
        <translation>立即读取所有仪表 (F5)</translation>
    </message>
    <message>
        <source>Ask who it is</source>
        <translation>询问型号</translation>
    </message>
    <message>
        <source>Choose a part of the station</source>
        <translation>请选择工位的一个部分</translation>
    </message>
    <message>
        <source>Click it, or go to it with the arrow keys.</source>
        <translation>单击，或用方向键选择。</translation>
    </message>
    <message>
        <source>Connect to the station (F6) to read and set it by hand.</source>
        <translation>连接工位 (F6) 后可手动读取和设定。</translation>
    </message>
    <message>
        <source>The instruments are being connected.</source>
        <translation>正在连接仪表。</translation>
    </message>
    <message>
        <source>The bench is going to its safe state.</source>
        <translation>工位正转入安全状态。</translation>
    </message>
    <message>
        <source>Locked: evaluation {name} has the station. Its readings are shown here.</source>
        <translation>已锁定：工位正由测试评价 {name} 使用，此处显示其读数。</translation>
    </message>
    <message>
        <source>This part is only read.</source>
        <translation>此部分只供读取。</translation>
    </message>
    <message>
        <source>▲ expired {date}</source>
        <translation>▲ 已于 {date} 到期</translation>
    </message>
    <message>
        <source>valid until {date}</source>
        <translation>有效期至 {date}</translation>
    </message>
    <message>
        <source>{name} (simulated)</source>
        <translation>{name}（模拟）</translation>
    </message>
    <message>
        <source>read by {name}</source>
        <translation>由 {name} 读取</translation>
    </message>
    <message>
        <source>answers, but says no name</source>
        <translation>有应答，但未报型号</translation>
    </message>
</context>
<context>
    <name>Tiles</name>
    <message>
        <source>no gas</source>
        <translation>无气体</translation>
    </message>
    <message>
        <source>read by {name}</source>
        <translation>由 {name} 读取</translation>
    </message>
    <message>
        <source>0 to {high} {unit}</source>
        <translation>0 ~ {high} {unit}</translation>
    </message>
    <message>
        <source>zero gas</source>
        <translation>零气</translation>
    </message>
    <message>
        <source>expired {date}</source>
        <translation>{date} 已到期</translation>
    </message>
    <message>
        <source>until {date}</source>
        <translation>至 {date}</translation>
    </message>
    <message>
        <source>total {flow} {unit}</source>
        <translation>总流量 {flow} {unit}</translation>
    </message>
    <message>
        <source>exhaust</source>
        <translation>排气</translation>
    </message>
</context>
<context>
    <name>TopBar</name>
    <message>
        <source>New simulated station</source>
        <translation>新建模拟工位</translation>
    </message>
    <message>
        <source>Open a station file … (Ctrl+O)</source>
        <translation>打开工位文件… (Ctrl+O)</translation>
    </message>
    <message>
        <source>Open a station file</source>
        <translation>打开工位文件</translation>
    </message>
    <message>
        <source>Check the station</source>
        <translation>检查工位</translation>
    </message>
    <message>
        <source>Ask every instrument who it is, and say what is wrong ({key})</source>
        <translation>逐一询问各仪表并说明问题 ({key})</translation>
    </message>
    <message>
        <source>Make safe</source>
        <translation>转入安全状态</translation>
    </message>
    <message>
        <source>Drive every instrument to its safe state now ({key})</source>
        <translation>立即使所有仪表转入安全状态 ({key})</translation>
    </message>
    <message>
        <source>Show the run</source>
        <translation>查看测试</translation>
    </message>
    <message>
        <source>Go to the screen of the run that has the station ({key})</source>
        <translation>转到正在使用此工位的测试 ({key})</translation>
    </message>
    <message>
        <source>Release</source>
        <translation>释放</translation>
    </message>
    <message>
        <source>Connect</source>
        <translation>连接</translation>
    </message>
    <message>
        <source>Leave the bench safe and give it up ({key})</source>
        <translation>使工位处于安全状态并释放 ({key})</translation>
    </message>
    <message>
        <source>St&amp;ation</source>
        <translation>工位(&amp;A)</translation>
    </message>
    <message>
        <source>Connect to every instrument, to read and set it by hand ({key})</source>
        <translation>连接所有仪表，以便手动读取和设定 ({key})</translation>
    </message>
</context>
<context>
    <name>TrendPlot</name>
    <message>
        <source>the trend begins with the second reading</source>
        <translation>第二次读数后开始显示趋势</translation>
    </message>
    <message>
        <source>last {time}</source>
        <translation>最近 {time}</translation>
    </message>
</context>
<context>
    <name>Words</name>
    <message>
        <source>gas cylinder</source>
        <translation>气瓶</translation>
    </message>
    <message>
        <source>instrument</source>
        <translation>仪表</translation>
    </message>
    <message>
        <source>gas divider</source>
        <translation>配气仪</translation>
    </message>
    <message>
        <source>flow rig</source>
        <translation>烟道流量标准装置</translation>
    </message>
    <message>
        <source>sensor</source>
        <translation>传感器</translation>
    </message>
    <message>
        <source>device under test</source>
        <translation>被测仪器</translation>
    </message>
    <message>
        <source>temperature</source>
        <translation>温度</translation>
    </message>
    <message>
        <source>humidity</source>
        <translation>湿度</translation>
    </message>
    <message>
        <source>pressure</source>
        <translation>压力</translation>
    </message>
    <message>
        <source>voltage</source>
        <translation>电压</translation>
    </message>
    <message>
        <source>supply voltage</source>
        <translation>供电电压</translation>
    </message>
    <message>
        <source>supply frequency</source>
        <translation>供电频率</translation>
    </message>
    <message>
        <source>sample flow</source>
        <translation>采样流量</translation>
    </message>
    <message>
        <source>cell temperature</source>
        <translation>气室温度</translation>
    </message>
    <message>
        <source>cell pressure</source>
        <translation>气室压力</translation>
    </message>
    <message>
        <source>box temperature</source>
        <translation>机箱温度</translation>
    </message>
    <message>
        <source>PMT temperature</source>
        <translation>光电倍增管温度</translation>
    </message>
    <message>
        <source>gas in the room</source>
        <translation>室内气体</translation>
    </message>
    <message>
        <source>mass flow</source>
        <translation>质量流量</translation>
    </message>
    <message>
        <source>set-point</source>
        <translation>设定值</translation>
    </message>
    <message>
        <source>velocity</source>
        <translation>流速</translation>
    </message>
    <message>
        <source>current</source>
        <translation>电流</translation>
    </message>
    <message>
        <source>not connected</source>
        <translation>未连接</translation>
    </message>
    <message>
        <source>connecting …</source>
        <translation>正在连接…</translation>
    </message>
    <message>
        <source>answers</source>
        <translation>有应答</translation>
    </message>
    <message>
        <source>no answer</source>
        <translation>无应答</translation>
    </message>
    <message>
        <source>doubtful</source>
        <translation>可疑</translation>
    </message>
    <message>
        <source>no reading</source>
        <translation>无读数</translation>
    </message>
    <message>
        <source>certificate expired</source>
        <translation>证书已过期</translation>
    </message>
    <message>
        <source>in your hand</source>
        <translation>由您手动操作</translation>
    </message>
    <message>
        <source>going to the safe state …</source>
        <translation>正转入安全状态…</translation>
    </message>
    <message>
        <source>evaluation {name} has it</source>
        <translation>测试评价 {name} 正在使用</translation>
    </message>
    <message>
        <source>a run has it</source>
        <translation>测试正在使用</translation>
    </message>
    <message>
        <source>{value} {unit} {gas} is supplied</source>
        <translation>正在供给 {value} {unit} {gas}</translation>
    </message>
    <message>
        <source>zero gas is supplied</source>
        <translation>正在供给零气</translation>
    </message>
    <message>
        <source>the gas rests: a little zero gas flows</source>
        <translation>气路待机：小流量零气</translation>
    </message>
    <message>
        <source>no gas flows</source>
        <translation>已停气</translation>
    </message>
    <message>
        <source>{name} is set to {value} {unit}</source>
        <translation>{name} 已设定为 {value} {unit}</translation>
    </message>
    <message>
        <source>the flow rig is set to {value} m/s</source>
        <translation>烟道流量标准装置已设定为 {value} m/s</translation>
    </message>
    <message>
        <source>the flow rig stands still</source>
        <translation>烟道流量标准装置已停止</translation>
    </message>
    <message>
        <source>the zero of {name} is adjusted to {value} {unit}</source>
        <translation>{name} 的零点已调至 {value} {unit}</translation>
    </message>
    <message>
        <source>the span of {name} is adjusted to {value} {unit}</source>
        <translation>{name} 的量程已调至 {value} {unit}</translation>
    </message>
    <message>
        <source>{name} is set to {value}</source>
        <translation>{name} 已设定为 {value}</translation>
    </message>
    <message>
        <source>everything is in its safe state</source>
        <translation>全部处于安全状态</translation>
    </message>
    <message>
        <source>What flows while a run is paused: {state}</source>
        <translation>测试暂停时的气流：{state}</translation>
    </message>
    <message>
        <source>from {low} to {high} {unit}, please</source>
        <translation>请输入 {low} ~ {high} {unit}</translation>
    </message>
    <message>
        <source>{low} {unit} or more, please</source>
        <translation>请输入不小于 {low} {unit} 的值</translation>
    </message>
    <message>
        <source>type a number first</source>
        <translation>请先输入数值</translation>
    </message>
    <message>
        <source>this is no number; write it like 12.5</source>
        <translation>不是数值；请写成 12.5 的形式</translation>
    </message>
</context>
</TS>
