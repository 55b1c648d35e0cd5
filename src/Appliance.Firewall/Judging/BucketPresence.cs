using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>Whose states are with one worker now: by bucket. While a bucket moves, that is another thing than who owns it.</summary>
internal sealed class BucketPresence
{
    private bool[] _present = [];

    public bool Has(ushort bucket) => bucket < _present.Length && _present[bucket];

    public void Leave(ushort bucket) => _present[bucket] = false;

    public void Come(ushort bucket) => _present[bucket] = true;

    /// <summary>As the table says.</summary>
    public void Reset(IndirectionTable table, int worker)
    {
        _present = new bool[table.Buckets];
        for (int bucket = 0; bucket < _present.Length; bucket++) _present[bucket] = table.OwnerOf((ushort)bucket) == worker;
    }
}
