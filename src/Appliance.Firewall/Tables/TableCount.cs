namespace Appliance.Firewall;

/// <summary>Packets and their IP lengths.</summary>
public readonly record struct TableCount(long Packets, long Bytes)
{
    public static TableCount operator +(TableCount left, TableCount right) => new(left.Packets + right.Packets, left.Bytes + right.Bytes);

    public static TableCount operator -(TableCount left, TableCount right) => new(left.Packets - right.Packets, left.Bytes - right.Bytes);
}
