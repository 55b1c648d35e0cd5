using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;
using Appliance.Engine;
using Appliance.Wire.Ip;
using Appliance.Wire.Sync;

namespace Appliance.Firewall;

/// <summary>What a peer is told of one prefix of one table: the table's name, and what an edit has made of the prefix.</summary>
internal readonly record struct TableRecord(string Table, IpPrefix Prefix, TablePrefixKind Kind, uint Generation)
{
    private const int AddressAt = 6;                                    // in the field of the entry

    /// <summary>Writes a record into <see cref="IFlowJournal.MaxRecordBytes"/>; answers its length.</summary>
    public static int Write(in TableMark mark, Span<byte> into)
    {
        var writer = new RecordWriter(into);
        writer.Write(RecordField.TableName, mark.Table!.NameBytes);
        bool isV6 = mark.Prefix.Address.IsV6;
        int length = AddressAt + (isV6 ? 16 : 4);
        if (!writer.TryBegin(RecordField.TableEntry, length, out Span<byte> entry)) return writer.Length;
        BinaryPrimitives.WriteUInt32BigEndian(entry, mark.Generation);
        (entry[4], entry[5]) = ((byte)(mark.Kind + 1), (byte)mark.Prefix.Length);
        if (isV6) BinaryPrimitives.WriteUInt128BigEndian(entry[AddressAt..], mark.Prefix.Address.Bits);
        else BinaryPrimitives.WriteUInt32BigEndian(entry[AddressAt..], mark.Prefix.Address.V4.Value);
        return writer.Length;
    }

    /// <summary>Anything but <see cref="FlowAdoption.Adopted"/>: it is none, or none that can be read here.</summary>
    public static FlowAdoption Read(ReadOnlySpan<byte> bytes, out TableRecord record)
    {
        record = default;
        if (bytes.IsEmpty) return FlowAdoption.Malformed;
        if (bytes[0] != RecordReader.Version) return FlowAdoption.UnknownVersion;
        ReadOnlySpan<byte> name = default, entry = default;
        var reader = new RecordReader(bytes);
        while (reader.MoveNext())
        {
            if (reader.Field == RecordField.TableName) name = reader.Value;
            else if (reader.Field == RecordField.TableEntry) entry = reader.Value;
        }

        bool isWhole = !reader.IsCut && !name.IsEmpty && Utf8.IsValid(name) && entry.Length >= AddressAt + 4;
        if (!isWhole) return FlowAdoption.Malformed;
        uint generation = BinaryPrimitives.ReadUInt32BigEndian(entry);
        int kind = entry[4] - 1;
        if (generation == 0 || kind < 0) return FlowAdoption.Malformed;
        if (kind > (int)TablePrefixKind.Deleted) return FlowAdoption.UnknownVersion;
        if (!TryReadPrefix(entry[5], entry[AddressAt..], out IpPrefix prefix)) return FlowAdoption.Malformed;
        record = new TableRecord(Encoding.UTF8.GetString(name), prefix, (TablePrefixKind)kind, generation);
        return FlowAdoption.Adopted;
    }

    /// <summary>Of an address with more bytes than those of IPv4 the first 16 count.</summary>
    private static bool TryReadPrefix(int length, ReadOnlySpan<byte> address, out IpPrefix prefix)
    {
        bool isV6 = address.Length >= 16;
        IpAddress network = isV6
            ? new Ipv6Address(BinaryPrimitives.ReadUInt128BigEndian(address))
            : new Ipv4Address(BinaryPrimitives.ReadUInt32BigEndian(address));
        prefix = new IpPrefix(network, length);
        return length <= network.BitLength && (isV6 || address.Length == 4) && prefix.Canonical == prefix;
    }
}
