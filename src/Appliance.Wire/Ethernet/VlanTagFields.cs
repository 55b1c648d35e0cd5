namespace Appliance.Wire.Ethernet;

/// <summary>What a VLAN tag says, to be written: priority 0–7, VLAN 0–4095, and the type of what follows.</summary>
public readonly record struct VlanTagFields(byte Priority, bool DropEligible, ushort VlanId, EtherType EtherType)
{
    public static VlanTagFields From(VlanTagView view) => new(view.Priority, view.DropEligible, view.VlanId, view.EtherType);

    /// <summary>Writes 4 bytes, which must be there; the view covers all of <paramref name="bytes"/>.</summary>
    public VlanTagView WriteTo(Span<byte> bytes)
    {
        DestinationTooShort.ThrowIf(bytes, VlanTagView.HeaderLength);
        return new VlanTagView(bytes)
        {
            Priority = Priority,
            DropEligible = DropEligible,
            VlanId = VlanId,
            EtherType = EtherType,
        };
    }
}
