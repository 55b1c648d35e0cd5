namespace Appliance.Firewall;

/// <summary>
/// The ports that keep the answers of one flow in a bucket, 2^n of 65,536: whatever number they are asked by, one of them. The default is
/// empty.
/// </summary>
public readonly struct BucketPortSet
{
    private readonly PortMap? _map;
    private readonly ushort _first;

    internal BucketPortSet(PortMap map, ushort first)
    {
        _map = map;
        _first = first;
    }

    public bool IsEmpty => _map == null;

    public int Count => _map == null ? 0 : 1 << _map.KernelBits;

    /// <summary>Not of an empty set. Numbers from 0 to <see cref="Count"/> − 1 give each port once.</summary>
    public ushort this[ushort index] => (ushort)(_first ^ _map!.KernelAt(index));
}
