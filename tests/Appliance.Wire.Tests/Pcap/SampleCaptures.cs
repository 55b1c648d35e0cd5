namespace Appliance.Wire.Tests.Pcap;

/// <summary>A small sound file of every kind that is read, each with several records of odd and even lengths.</summary>
internal static class SampleCaptures
{
    private static readonly byte[] First = Convert.FromHexString("0200000000010200000000020800450000140000000040110000c0000201c0000202aa");
    private static readonly byte[] Second = Convert.FromHexString("01020304050607");

    public static readonly string[] Names =
    [
        "pcap-us-le", "pcap-us-be", "pcap-ns-le", "pcap-ns-be", "pcap-kuznetzov-le", "pcap-kuznetzov-be",
        "pcapng-le", "pcapng-be", "pcapng-mixed",
    ];

    public static byte[] Build(string name)
    {
        bool big = name.EndsWith("be", StringComparison.Ordinal);
        if (name == "pcapng-mixed") return [.. Pcapng(false), .. Pcapng(true)];
        if (name.StartsWith("pcapng", StringComparison.Ordinal)) return Pcapng(big);
        if (name.StartsWith("pcap-kuznetzov", StringComparison.Ordinal)) return Kuznetzov(big);
        uint magic = name.Contains("-ns-", StringComparison.Ordinal) ? 0xa1b23c4d : 0xa1b2c3d4;
        return new CaptureBytes(big).PcapHeader(magic).PcapRecord(1_700_000_000, 1, First).PcapRecord(1_700_000_001, 2, Second, 60)
            .PcapRecord(1_700_000_002, 3, []).PcapRecord(1_700_000_003, 4, First).ToArray();
    }

    private static byte[] Kuznetzov(bool big)
    {
        CaptureBytes file = new CaptureBytes(big).PcapHeader(0xa1b2cd34);
        for (int i = 0; i < 3; i++)
        {
            byte[] packet = i == 1 ? Second : First;
            file.U32(1_700_000_000 + i).U32(i).U32(packet.Length).U32(packet.Length).U32(7).U16(8).Raw([9, 0]).Raw(packet);
        }

        return file.ToArray();
    }

    private static byte[] Pcapng(bool big) => new CaptureBytes(big).Section()
        .Interface(options: o => o.Option(2, "eth0"u8).Option(9, [9]).EndOfOptions())
        .Enhanced(0, 1_700_000_000_000_000_001, First, options: o => o.Option(1, "hello"u8).Flags(2).EndOfOptions())
        .Block(5, b => b.U32(0).U32(1).U32(2))
        .Interface(linkType: 101, options: o => o.Option(9, [6]))
        .Enhanced(1, 1_700_000_001_000_000, Second, original: 70)
        .Block(3, b => b.U32(First.Length).Raw(First))
        .Block(2, b => b.U16(0).U16(3).U32(0x17979cfe).U32(0x362a0001).U32(Second.Length).U32(Second.Length).Raw(Second))
        .Block(0x7777, b => b.U32(32473).Raw(Second))
        .ToArray();
}
