namespace Appliance.Management;

/// <summary>
/// A row of <c>show ports</c>. Counts are of frames on the wire and Ethernet bytes; those of a sub-port are in its parent's, too.
/// </summary>
public sealed record PortDocument
{
    public required string Name { get; init; }
    public required string Backend { get; init; }

    /// <summary>As the device is called now; null: it is not there, or there is none.</summary>
    public string? Device { get; init; }

    public string? Parent { get; init; }
    public int? Vlan { get; init; }

    /// <summary><c>up</c>, <c>down</c>, or <c>gone</c>: there is no device.</summary>
    public required string Link { get; init; }

    public required string Mac { get; init; }
    public required int Mtu { get; init; }
    public required string[] Addresses { get; init; }
    /// <summary>Null: the host has no end of it.</summary>
    public HostEndDocument? Host { get; init; }

    public required string[] Groups { get; init; }
    public required long In { get; init; }
    public required long BytesIn { get; init; }
    public required long Out { get; init; }
    public required long BytesOut { get; init; }

    /// <summary>Frames that came in here and were dropped.</summary>
    public required long Dropped { get; init; }

    /// <summary>Frames that were lost before the appliance read them.</summary>
    public long Missed { get; init; }

    /// <summary>Frames that count as out and that the kernel would not send, for what they are: too long for the device, say.</summary>
    public long Refused { get; init; }
}
