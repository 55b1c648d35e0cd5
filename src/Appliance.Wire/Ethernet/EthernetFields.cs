namespace Appliance.Wire.Ethernet;

/// <summary>What an Ethernet header says, to be written.</summary>
public readonly record struct EthernetFields(MacAddress Destination, MacAddress Source, EtherType EtherType)
{
    public static EthernetFields From(EthernetView view) => new(view.Destination, view.Source, view.EtherType);

    /// <summary>Writes 14 bytes, which must be there; the view covers all of <paramref name="bytes"/>.</summary>
    public EthernetView WriteTo(Span<byte> bytes)
    {
        DestinationTooShort.ThrowIf(bytes, EthernetView.HeaderLength);
        return new EthernetView(bytes)
        {
            Destination = Destination,
            Source = Source,
            EtherType = EtherType,
        };
    }
}
