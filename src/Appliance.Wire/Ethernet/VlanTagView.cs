using static System.Buffers.Binary.BinaryPrimitives;

namespace Appliance.Wire.Ethernet;

/// <summary>
/// What follows a tag's EtherType: tag control information and the next EtherType (IEEE 802.1Q §9.6), over borrowed bytes.
/// C-tags (0x8100) and S-tags (0x88a8) have the same shape; a stack of tags is views one behind the other.
/// </summary>
/// <remarks>
/// <code>
///  0                   2           4
/// +-----+---+---------+-----------+---------
/// | PCP |DEI| VLAN id | EtherType | payload
/// +-----+---+---------+-----------+---------
///   3     1   12 bits
/// </code>
/// </remarks>
public readonly ref struct VlanTagView
{
    public const int HeaderLength = 4;                                // bytes
    public const ushort MaxVlanId = 4094;                             // 4095 is reserved, 0 means priority only

    private const int VlanIdMask = 0x0fff;
    private const int DropEligibleBit = 0x1000;
    private const int PriorityShift = 13;

    private readonly Span<byte> _bytes;

    internal VlanTagView(Span<byte> bytes) => _bytes = bytes;

    /// <summary>True for the two types that announce a tag here: 0x8100 and 0x88a8.</summary>
    public static bool Announces(EtherType type) => type is EtherType.Vlan or EtherType.ServiceVlan;

    /// <summary>Reads from the tag control information on, that is: the payload of a header whose type announces a tag.</summary>
    public static bool TryParse(Span<byte> bytes, out VlanTagView view)
    {
        bool isWhole = bytes.Length >= HeaderLength;
        view = isWhole ? new VlanTagView(bytes) : default;
        return isWhole;
    }

    /// <summary>0–7; higher bits of the value set are ignored.</summary>
    public byte Priority
    {
        get => (byte)(TagControl >> PriorityShift);
        set => TagControl = (ushort)((TagControl & ((1 << PriorityShift) - 1)) | (value << PriorityShift));
    }

    public bool DropEligible
    {
        get => (TagControl & DropEligibleBit) != 0;
        set => TagControl = (ushort)(value ? TagControl | DropEligibleBit : TagControl & ~DropEligibleBit);
    }

    /// <summary>0–4095; higher bits of the value set are ignored. 0 is a frame without VLAN that only carries a priority.</summary>
    public ushort VlanId
    {
        get => (ushort)(TagControl & VlanIdMask);
        set => TagControl = (ushort)((TagControl & ~VlanIdMask) | (value & VlanIdMask));
    }

    public ushort TagControl { get => ReadUInt16BigEndian(_bytes); set => WriteUInt16BigEndian(_bytes, value); }

    /// <summary>The type of what the tag was put before; it may announce a further tag.</summary>
    public EtherType EtherType
    {
        get => (EtherType)ReadUInt16BigEndian(_bytes[2..]);
        set => WriteUInt16BigEndian(_bytes[2..], (ushort)value);
    }

    public Span<byte> Payload => _bytes[HeaderLength..];
}
