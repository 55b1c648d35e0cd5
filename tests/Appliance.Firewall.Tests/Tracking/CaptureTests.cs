using Appliance.Testing;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;
using Appliance.Wire.Pcap;
using Appliance.Wire.Transport;
using Xunit;

namespace Appliance.Firewall.Tests;

/// <summary>Real connections, from their first SYN on, through the tracker: none of their segments is refused.</summary>
public sealed class CaptureTests
{
    /// <summary>What is refused with good reason.</summary>
    private static readonly string[] Refused =
    [
        "tcp__rst-inject-rae.pcap 2",       // an injected RST, which does not acknowledge the SYN: the connection goes on behind it
        "tfo-5c1fa7f9ae91.pcap 14",         // a FIN behind a SYN that nobody answered
    ];

    private sealed class Connection
    {
        public TcpTrack Track;
        public required string Client;
        public bool LacksSegments;                                      // the capture does
        public readonly Dictionary<string, uint> Highest = new(StringComparer.Ordinal);
    }

    [Fact]
    public void No_segment_of_a_whole_connection_is_refused()
    {
        int connections = 0, segments = 0, incomplete = 0, late = 0, finished = 0;
        var refused = new List<string>();
        foreach (string file in SharedCaptures.Files())
        {
            var known = new Dictionary<string, Connection>(StringComparer.Ordinal);
            int number = 0;
            foreach (byte[] frame in Frames(file))
            {
                number++;
                if (!TryRead(frame, out string source, out string destination, out TcpSegmentFacts facts)) continue;
                string key = string.CompareOrdinal(source, destination) < 0 ? $"{source} {destination}" : $"{destination} {source}";
                bool isFirst = (facts.Flags & (TcpFlags.Syn | TcpFlags.Ack | TcpFlags.Rst)) == TcpFlags.Syn;
                if (!known.TryGetValue(key, out Connection? connection))
                {
                    if (!isFirst) continue;
                    known[key] = connection = new Connection { Client = source, Track = TcpTracker.Create(facts, sloppy: false) };
                    connection.Highest[source] = facts.Sequence + facts.Length;
                    connections++;
                    continue;
                }

                // A segment that the capture lacks shows by its acknowledgment.
                bool isKnown = connection.Highest.TryGetValue(destination, out uint highest);
                connection.LacksSegments |= isKnown && facts.Has(TcpFlags.Ack) && (int)(facts.Acknowledgment - highest) > 0;
                if (connection.LacksSegments) continue;
                segments++;
                TrackVerdict verdict = TcpTracker.Advance(ref connection.Track, facts, source == connection.Client);
                uint end = facts.Sequence + facts.Length;
                if (!connection.Highest.TryGetValue(source, out uint before) || (int)(end - before) > 0) connection.Highest[source] = end;
                if (verdict.Outcome == TrackOutcome.PassUnchanged) late++;
                if (!verdict.Passes && verdict.Outcome != TrackOutcome.Reuse)
                    refused.Add($"{Path.GetFileName(file)} {number}");
            }

            incomplete += known.Values.Count(connection => connection.LacksSegments);
            finished += known.Values.Count(connection => connection.Track.Timeout == StateTimeout.TcpClosed);
        }

        TestContext.Current.SendDiagnosticMessage(
            $"{connections} connections, {incomplete} with gaps, {finished} finished; "
            + $"{segments} segments, {late} late, {refused.Count} refused");
        Assert.Equal(Refused, refused.Order(StringComparer.Ordinal));
        Assert.InRange(connections, 30, int.MaxValue);
        Assert.InRange(segments, 1000, int.MaxValue);
    }

    private static IEnumerable<byte[]> Frames(string file)
    {
        using CaptureReader reader = CaptureReader.Open(File.OpenRead(file));
        while (reader.TryRead(out CaptureRecord record))
        {
            if (record.LinkType == LinkType.Ethernet) yield return record.Bytes.ToArray();
        }
    }

    private static bool TryRead(byte[] frame, out string source, out string destination, out TcpSegmentFacts facts)
    {
        (source, destination, facts) = ("", "", default);
        if (!EthernetView.TryParse(frame, out EthernetView ethernet)) return false;
        Span<byte> segment;
        if (ethernet.EtherType == EtherType.Ipv4 && Ipv4View.TryParse(ethernet.Payload, out Ipv4View v4))
        {
            if (v4.Protocol != IpProtocol.Tcp || v4.IsFragment || v4.IsTruncated) return false;
            (source, destination) = ($"{v4.Source}", $"{v4.Destination}");
            segment = v4.Payload;
        }
        else if (ethernet.EtherType == EtherType.Ipv6 && Ipv6View.TryParse(ethernet.Payload, out Ipv6View v6))
        {
            if (v6.NextHeader != IpProtocol.Tcp || v6.IsTruncated) return false;
            (source, destination) = ($"{v6.Source}", $"{v6.Destination}");
            segment = v6.Payload;
        }
        else
        {
            return false;
        }

        if (!TcpView.TryParse(segment, out TcpView tcp)) return false;
        source += $":{tcp.SourcePort}";
        destination += $":{tcp.DestinationPort}";
        return TcpSegmentFacts.TryRead(segment, out facts);
    }
}
