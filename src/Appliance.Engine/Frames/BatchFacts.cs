namespace Appliance.Engine;

/// <summary>
/// What is known of every frame of a batch, so that stages need not ask each. Nothing is known of frames that were added.
/// </summary>
[Flags]
public enum BatchFacts : byte
{
    None = 0,

    /// <summary>Datagrams of UDP or segments of TCP in IPv4, without options, whole, with their ports behind the addresses.</summary>
    PlainIpv4 = 1 << 0,

    /// <summary>None is of TCP.</summary>
    NoSegments = 1 << 1,
}
