using System.Globalization;
using Appliance.Wire.Ip;

namespace Appliance.Firewall;

/// <summary>
/// The ends of a state's flow as people name them: who began it and whom it reached, before translation, and the translated end where
/// there is one.
/// </summary>
public readonly record struct StateEnds
{
    public StateEnds(in FlowRecord state)
    {
        FlowKey before = state.Direction == FlowDirection.In ? state.Wire : state.Stack;
        FlowKey after = state.Direction == FlowDirection.In ? state.Stack : state.Wire;
        bool outsideBegan = state.Direction == FlowDirection.In;
        (Protocol, IsV6) = (before.Protocol, before.IsV6);
        (Source, SourcePort) = End(before, outsideBegan);
        (Destination, DestinationPort) = End(before, !outsideBegan);
        (TranslatedSource, TranslatedSourcePort) = End(after, outsideBegan);
        (TranslatedDestination, TranslatedDestinationPort) = End(after, !outsideBegan);
    }

    public IpProtocol Protocol { get; }
    public bool IsV6 { get; }

    /// <summary>IPv4 addresses in the low 32 bits.</summary>
    public UInt128 Source { get; }

    public UInt128 Destination { get; }
    public UInt128 TranslatedSource { get; }
    public UInt128 TranslatedDestination { get; }
    public ushort SourcePort { get; }
    public ushort DestinationPort { get; }
    public ushort TranslatedSourcePort { get; }
    public ushort TranslatedDestinationPort { get; }

    public bool IsSourceTranslated => Source != TranslatedSource || SourcePort != TranslatedSourcePort;

    public bool IsDestinationTranslated => Destination != TranslatedDestination || DestinationPort != TranslatedDestinationPort;

    public string SourceText => Text(Source, SourcePort);

    /// <summary>Of an ICMP query both ends have the identifier, as pfctl prints them.</summary>
    public string DestinationText => Text(Destination, IsQuery ? SourcePort : DestinationPort);

    /// <summary>Null: nothing is translated.</summary>
    public string? GatewayText =>
        IsSourceTranslated ? Text(TranslatedSource, TranslatedSourcePort)
            : IsDestinationTranslated ? Text(TranslatedDestination, TranslatedDestinationPort) : null;

    private bool IsQuery => Protocol == (IsV6 ? IpProtocol.Icmpv6 : IpProtocol.Icmp);

    private static (UInt128 Address, ushort Port) End(in FlowKey key, bool isOutside) =>
        isOutside ? (key.Outside, key.OutsidePort) : (key.Inside, key.InsidePort);

    private string Text(UInt128 address, ushort port)
    {
        IpAddress ip = IsV6 ? new Ipv6Address(address) : new Ipv4Address((uint)address);
        if (!IsQuery && Protocol is not (IpProtocol.Tcp or IpProtocol.Udp or IpProtocol.Sctp)) return ip.ToString();
        return string.Create(CultureInfo.InvariantCulture, $"{(IsV6 ? $"[{ip}]" : ip.ToString())}:{port}");
    }
}
