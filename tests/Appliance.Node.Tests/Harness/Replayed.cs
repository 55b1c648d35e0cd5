using Appliance.Wire.Pcap;

namespace Appliance.Node.Tests;

/// <summary>What a replay left: its report, its JSON with no time elapsed, and the files of its ports.</summary>
internal sealed record Replayed(ReplayReport Report, string Json, IReadOnlyDictionary<string, byte[]> Files)
{
    public NodeAccounts Accounts => Report.Accounts;

    /// <summary>By input.</summary>
    public required IReadOnlyList<InputCensus> Censuses { get; init; }

    /// <summary>What left by a port, in order; times count from <see cref="Replaying.Start"/>.</summary>
    public (long Time, byte[] Frame)[] SentBy(string port)
    {
        var sent = new List<(long Time, byte[] Frame)>();
        using CaptureReader reader = CaptureReader.Open(new MemoryStream(Files[port]));
        while (reader.TryRead(out CaptureRecord record))
            sent.Add((record.TimestampNanoseconds - Replaying.Start, record.Bytes.ToArray()));
        return reader.Damage is null ? [.. sent] : throw new InvalidDataException(reader.Damage.ToString());
    }

    public byte[][] FramesOf(string port) => [.. SentBy(port).Select(sent => sent.Frame)];

    public long DroppedAs(string reason) => Accounts.Drops.GetValueOrDefault(reason);

    /// <summary>All frames of all ports, in an order of their own: equal for equal multisets.</summary>
    public string[] Multiset() =>
        [.. Files.Keys.SelectMany(
            port => FramesOf(port).Select(frame => $"{port} {Convert.ToHexString(frame)}")).Order(StringComparer.Ordinal)];

    /// <summary>For each port and flow its frames in the order sent.</summary>
    public Dictionary<string, string[]> Flows() => Files.Keys
        .SelectMany(port => FramesOf(port).Select(frame => (Flow: $"{port} {FlowKey.Of(frame)}", Frame: Convert.ToHexString(frame))))
        .GroupBy(sent => sent.Flow, sent => sent.Frame)
        .ToDictionary(flow => flow.Key, flow => flow.ToArray());
}
