using System.Numerics;

namespace Appliance.Firewall;

/// <summary>
/// What a port adds to a steering hash, as far as it chooses the bucket. The Toeplitz hash is linear over XOR, so this is a linear map of
/// 16 bits to as many as a bucket's number has, and the ports that add a given value are one of them XOR each of the map's kernel. Found
/// by elimination, once for a key; asked in constant time.
/// </summary>
internal sealed class PortMap
{
    private const int PortBits = 16;

    private readonly ushort[] _pivotPorts = new ushort[PortBits];       // by the bucket bit that each settles; 0: none settles it
    private readonly ushort[] _pivotValues = new ushort[PortBits];
    private readonly ushort[] _kernel;

    /// <param name="columns">What each bit of a port adds, the lowest first: 16 of them.</param>
    public PortMap(ReadOnlySpan<ushort> columns)
    {
        var kernel = new List<ushort>();
        for (int bit = 0; bit < PortBits; bit++)
        {
            ushort port = (ushort)(1 << bit), value = columns[bit];
            Reduce(ref value, ref port);
            if (value == 0) kernel.Add(port);
            else (_pivotPorts[BitOperations.Log2(value)], _pivotValues[BitOperations.Log2(value)]) = (port, value);
        }

        _kernel = [.. kernel];
    }

    /// <summary>Ports that add the same: 2 to the power of this many.</summary>
    public int KernelBits => _kernel.Length;

    /// <summary>A port that adds the value; false when none does.</summary>
    public bool TryFind(ushort value, out ushort port)
    {
        port = 0;
        Reduce(ref value, ref port);
        return value == 0;
    }

    /// <summary>An element of the kernel for any number; the lowest <see cref="KernelBits"/> of it count.</summary>
    public ushort KernelAt(ushort index)
    {
        int port = 0;
        for (int i = 0; i < _kernel.Length; i++)
            port ^= _kernel[i] & -((index >> i) & 1);
        return (ushort)port;
    }

    private void Reduce(ref ushort value, ref ushort port)
    {
        for (int bit = PortBits - 1; bit >= 0 && value != 0; bit--)
        {
            if ((value >> bit & 1) == 0 || _pivotValues[bit] == 0) continue;
            value ^= _pivotValues[bit];
            port ^= _pivotPorts[bit];
        }
    }
}
