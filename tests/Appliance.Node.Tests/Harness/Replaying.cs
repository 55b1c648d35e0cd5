using System.Buffers.Binary;
using System.Text;
using Appliance.Configuration;
using Appliance.Wire.Pcap;
using Xunit;

namespace Appliance.Node.Tests;

/// <summary>Captures made in memory, replayed, and what came of it.</summary>
internal static class Replaying
{
    public const long Start = 1_700_000_000_000_000_000;                // nanoseconds; any time will do
    public const long Microsecond = 1000;

    private const int FileHeader = 24, RecordHeader = 16;

    /// <summary>A capture of Ethernet frames; times count from <see cref="Start"/> in nanoseconds.</summary>
    public static byte[] Capture(params IEnumerable<(long Time, byte[] Frame)> records)
    {
        using var stream = new MemoryStream();
        using (var writer = new PcapWriter(stream, leaveOpen: true))
        {
            foreach ((long time, byte[] frame) in records)
                writer.Write(frame, Start + time);
        }

        return stream.ToArray();
    }

    /// <summary>The capture with another link type in its header.</summary>
    public static byte[] WithLinkType(byte[] capture, uint linkType)
    {
        byte[] changed = [.. capture];
        BinaryPrimitives.WriteUInt32LittleEndian(changed.AsSpan(20), linkType);
        return changed;
    }

    /// <summary>The capture of one record, of which only the first bytes were kept.</summary>
    public static byte[] CutShort(byte[] capture, int bytes)
    {
        byte[] cut = capture[..(FileHeader + RecordHeader + bytes)];
        BinaryPrimitives.WriteInt32LittleEndian(cut.AsSpan(FileHeader + 8), bytes);
        return cut;
    }

    public static Replayed Run(string yaml, int? vcpus, params (string Ports, byte[] Capture)[] inputs) =>
        Run(yaml, vcpus, new ReplayOptions(), inputs);

    public static Replayed Run(string yaml, int? vcpus, ReplayOptions options, params (string Ports, byte[] Capture)[] inputs) =>
        Run(yaml, vcpus, options, _ => { }, inputs);

    /// <param name="yaml">The configuration.</param>
    /// <param name="vcpus">Workers.</param>
    /// <param name="options">Bursts.</param>
    /// <param name="meanwhile">Done whenever a burst has arrived and nobody has looked at it yet.</param>
    /// <param name="inputs">Captures and the ports they arrive at.</param>
    public static Replayed Run(
        string yaml, int? vcpus, ReplayOptions options, Action<ApplianceNode> meanwhile, params (string Ports, byte[] Capture)[] inputs) =>
        Run(yaml, new NodeOptions { Workers = vcpus }, options, meanwhile, inputs);

    public static Replayed Run(
        string yaml, NodeOptions node, ReplayOptions options, Action<ApplianceNode> meanwhile,
        params (string Ports, byte[] Capture)[] inputs)
    {
        RuntimeModel model = Box.ModelOf(yaml);
        MemoryStream?[] streams = [.. model.Ports.Select(port => port.IsPhysical ? new MemoryStream() : null)];
        using var session = new ReplaySession(
            model,
            node,
            options,
            [.. inputs.Select((input, i) => new ReplayInput(
                input.Ports, $"{i}.pcap", [.. input.Ports.Split(',').Select(name => model.FindPort(name)!.Index)],
                new MemoryStream(input.Capture, writable: false)))],
            new ReplayOutput([.. streams]));
        ReplayReport report = session.Run(_ => meanwhile(session.Node));
        Box.MustBeSettled(session.Node);
        Assert.True(report.Accounts.IsBalanced);
        string json = Encoding.UTF8.GetString(ReplayJson.Render(report, elapsedSeconds: 0));
        return new Replayed(report, json, streams.Index().Where(at => at.Item is not null).ToDictionary(at => model.Ports[at.Index].Name,
            at => at.Item!.ToArray())) { Censuses = session.Censuses };
    }
}
