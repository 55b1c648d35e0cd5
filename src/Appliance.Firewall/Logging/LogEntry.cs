using Appliance.Wire.Ip;

namespace Appliance.Firewall;

/// <summary>A packet that was logged, with the names that its numbers stand for.</summary>
public sealed record LogEntry
{
    /// <summary>On the clock of whoever steps the workers: in a replay, since the epoch.</summary>
    public required long Nanoseconds { get; init; }

    /// <summary>Of the frame at its ingress.</summary>
    public required long Ordinal { get; init; }

    public required int Vcpu { get; init; }

    /// <summary>Where it was judged; logical.</summary>
    public required string Port { get; init; }

    public required RuleDirection Direction { get; init; }
    public required LogAction Action { get; init; }
    public required LogReason Reason { get; init; }

    /// <summary>Null: no rule matched, or its ruleset is long gone.</summary>
    public required RuleReference? Rule { get; init; }

    /// <summary>The packet's; empty: none.</summary>
    public required string Tag { get; init; }

    public required bool IsV6 { get; init; }

    /// <summary>Behind the extension headers.</summary>
    public required IpProtocol Protocol { get; init; }

    /// <summary>Whether its transport header is in another fragment.</summary>
    public required bool IsLaterFragment { get; init; }

    /// <summary>Bytes of the datagram.</summary>
    public required int Length { get; init; }

    /// <summary>Bytes; of the transport header in the datagram.</summary>
    public required int TransportOffset { get; init; }

    /// <summary>The datagram from its beginning on, as far as it was noted; at least its IP header.</summary>
    public required ReadOnlyMemory<byte> Datagram { get; init; }

    /// <summary>In a replay: which capture it is from, from 0, and its number there, from 1.</summary>
    public (int Input, long Number)? Packet { get; init; }

    /// <summary>What was noted of it from the transport header on; empty where that is in another fragment.</summary>
    public ReadOnlySpan<byte> Transport =>
        IsLaterFragment ? default : Datagram.Span[Math.Min(TransportOffset, Datagram.Length)..];

    /// <summary>Bytes of the datagram from the transport header on, noted or not.</summary>
    public int TransportLength => Math.Max(0, Length - TransportOffset);
}
