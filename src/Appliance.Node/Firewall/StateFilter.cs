using Appliance.Wire.Ip;

namespace Appliance.Node;

/// <summary>
/// Which connections are meant, as <c>pfctl -k</c> says it. What is null does not matter; all the rest must hold of one state of the
/// connection, which then goes with its partner. Ends are asked as they were before translation and as they are after it.
/// </summary>
public sealed record StateFilter
{
    /// <summary>Who began the connection.</summary>
    public IpPrefix? Source { get; init; }

    public ushort? SourcePort { get; init; }

    /// <summary>Whom it was to reach.</summary>
    public IpPrefix? Destination { get; init; }

    public ushort? DestinationPort { get; init; }

    /// <summary>The address of the translated end.</summary>
    public IpAddress? Gateway { get; init; }

    public IpProtocol? Protocol { get; init; }

    /// <summary>4 or 6.</summary>
    public int? Family { get; init; }

    /// <summary>The name of the logical port where the state was made.</summary>
    public string? Port { get; init; }

    /// <summary>One of the labels of the rule that made the state.</summary>
    public string? Label { get; init; }

    /// <summary>The id of the rule that made the state.</summary>
    public string? Rule { get; init; }

    /// <summary>Of the state.</summary>
    public ulong? Id { get; init; }

    /// <summary>A table in which either end is.</summary>
    public string? Table { get; init; }
}
