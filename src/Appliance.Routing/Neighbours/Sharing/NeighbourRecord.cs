using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;
using Appliance.Engine;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;
using Appliance.Wire.Sync;

namespace Appliance.Routing;

/// <summary>What a peer is told of one neighbour.</summary>
/// <param name="Neighbour">Which.</param>
/// <param name="Mac">Its MAC address.</param>
/// <param name="IsUnseen">Told as ended: it is not known to be gone, but the teller sees it no more.</param>
internal readonly record struct NeighbourRecord(SharedNeighbour Neighbour, MacAddress Mac, bool IsUnseen = false)
{
    /// <summary>UTF-8 bytes of a port's name that fits.</summary>
    public const int MaxNameLength = byte.MaxValue;

    private const int AddressAt = MacAddress.Length;                    // in the field of the entry

    /// <summary>Writes a record into <see cref="IFlowJournal.MaxRecordBytes"/>; answers its length.</summary>
    public int Write(Span<byte> into)
    {
        var writer = new RecordWriter(into);
        if (writer.TryBegin(RecordField.NeighbourPort, Encoding.UTF8.GetByteCount(Neighbour.Port), out Span<byte> name))
            Encoding.UTF8.GetBytes(Neighbour.Port, name);
        bool isV6 = Neighbour.Address.IsV6;
        if (!writer.TryBegin(RecordField.NeighbourEntry, AddressAt + (isV6 ? 16 : 4), out Span<byte> entry)) return writer.Length;
        Mac.WriteTo(entry);
        if (isV6) BinaryPrimitives.WriteUInt128BigEndian(entry[AddressAt..], Neighbour.Address.Bits);
        else BinaryPrimitives.WriteUInt32BigEndian(entry[AddressAt..], Neighbour.Address.V4.Value);
        if (IsUnseen) writer.TryBegin(RecordField.NeighbourUnseen, 0, out _);
        return writer.Length;
    }

    /// <summary>Anything but <see cref="FlowAdoption.Adopted"/>: it is none, or none that can be read here.</summary>
    public static FlowAdoption Read(ReadOnlySpan<byte> bytes, out NeighbourRecord record)
    {
        record = default;
        if (bytes.IsEmpty) return FlowAdoption.Malformed;
        if (bytes[0] != RecordReader.Version) return FlowAdoption.UnknownVersion;
        ReadOnlySpan<byte> name = default, entry = default;
        bool isUnseen = false;
        var reader = new RecordReader(bytes);
        while (reader.MoveNext())
        {
            if (reader.Field == RecordField.NeighbourPort) name = reader.Value;
            else if (reader.Field == RecordField.NeighbourEntry) entry = reader.Value;
            else if (reader.Field == RecordField.NeighbourUnseen) isUnseen = true;
        }

        bool isWhole = !reader.IsCut && !name.IsEmpty && Utf8.IsValid(name) && entry.Length is AddressAt + 4 or AddressAt + 16;
        if (!isWhole) return FlowAdoption.Malformed;
        MacAddress mac = MacAddress.Read(entry);
        ReadOnlySpan<byte> bits = entry[AddressAt..];
        IpAddress address = bits.Length == 16
            ? new Ipv6Address(BinaryPrimitives.ReadUInt128BigEndian(bits))
            : new Ipv4Address(BinaryPrimitives.ReadUInt32BigEndian(bits));
        if (mac == default || mac.IsGroup || address.IsMulticast) return FlowAdoption.Malformed;
        record = new NeighbourRecord(new SharedNeighbour(Encoding.UTF8.GetString(name), address), mac, isUnseen);
        return FlowAdoption.Adopted;
    }
}
