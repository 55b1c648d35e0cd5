using Appliance.Node;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;
using Appliance.Wire.Pcap;
using Xunit;

namespace Appliance.Tests;

/// <summary>Captures made and read by tests.</summary>
internal static class Captures
{
    private const long Start = 1_700_000_000_000_000_000;               // nanoseconds
    private const long Apart = 1_000_000;

    /// <summary>
    /// A capture of packets as <c>trace --packet</c> takes them, one a millisecond, addressed to <paramref name="mac"/>. TCP has sequence
    /// numbers that fit together.
    /// </summary>
    public static string Write(string file, MacAddress mac, params ReadOnlySpan<string> packets)
    {
        using var writer = new PcapWriter(File.Create(file));
        long time = Start;
        var conversations = new TcpConversations();
        foreach (string text in packets)
        {
            Assert.True(PacketText.TryParse(text, out PacketText packet, out string error), error);
            byte[] frame = PacketBuilder.Build(packet, mac);
            if (packet.Protocol == IpProtocol.Tcp) conversations.Number(packet, frame);
            writer.Write(frame, time);
            time += Apart;
        }

        return file;
    }

    /// <summary>The frames of a capture as hexadecimal digits, in order.</summary>
    public static string[] Frames(string file)
    {
        using CaptureReader reader = CaptureReader.Open(File.OpenRead(file));
        var frames = new List<string>();
        while (reader.TryRead(out CaptureRecord record))
            frames.Add(Convert.ToHexStringLower(record.Bytes));
        Assert.Null(reader.Damage);
        return [.. frames];
    }
}
