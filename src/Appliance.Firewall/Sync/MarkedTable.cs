using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Appliance.Wire.Ip;

namespace Appliance.Firewall;

/// <summary>A table as the two of a pair know it: by its name, with the prefixes that were edited in it.</summary>
internal sealed class MarkedTable
{
    /// <summary>UTF-8 bytes of a name that fits into a record.</summary>
    public const int MaxNameLength = byte.MaxValue;

    public MarkedTable(string name)
    {
        (Name, NameBytes) = (name, Encoding.UTF8.GetBytes(name));
        NameDigest = BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(NameBytes));
    }

    public string Name { get; }

    public byte[] NameBytes { get; }

    public ulong NameDigest { get; }

    /// <summary>The table in force of this name; null: there is none, or nothing but a ruleset may change it.</summary>
    public AddressTable? Contents { get; set; }

    /// <summary>The ruleset in force has such a table.</summary>
    public bool IsHere { get; set; }

    /// <summary>Where the marks of prefixes stand.</summary>
    public Dictionary<IpPrefix, int> Places { get; } = [];

    /// <summary>Prefixes that are to be looked at again in <see cref="Contents"/>.</summary>
    public HashSet<IpPrefix> Touched { get; } = [];

    /// <summary>Of those, such as may be new in it.</summary>
    public int Growing { get; set; }

    public TablePrefixKind RuledKindOf(IpPrefix prefix) => Contents?.RuledKindOf(prefix) ?? TablePrefixKind.Deleted;
}
