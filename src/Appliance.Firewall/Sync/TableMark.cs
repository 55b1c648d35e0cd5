using Appliance.Wire.Ip;

namespace Appliance.Firewall;

/// <summary>What an edit has made of a prefix in a table, over what the ruleset says of it.</summary>
internal struct TableMark
{
    /// <summary>Null: a free place.</summary>
    public MarkedTable? Table;
    public IpPrefix Prefix;
    public TablePrefixKind Kind;

    /// <summary>The ruleset's word counts again: the mark is no more, and stands here until the peer is told so.</summary>
    public bool IsGone;

    /// <summary>It waits to be told of.</summary>
    public bool IsNoted;

    /// <summary>One more with each edit, on whichever box.</summary>
    public uint Generation;

    /// <summary>Of the edit, of all that were made on this box; 0: the peer told of it.</summary>
    public long Ordinal;

    /// <summary>In which telling of all the peer named it last.</summary>
    public int Confirmed;

    /// <summary>In the sum, as the stream has it; 0: it is not.</summary>
    public ulong Digest;
}
