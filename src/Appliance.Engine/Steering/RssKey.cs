using System.Collections.Immutable;

namespace Appliance.Engine;

/// <summary>The 40-byte secret of the Toeplitz hash.</summary>
public sealed class RssKey
{
    public const int Length = 40;                                       // bytes

    /// <summary>The key of Microsoft's verification suite, which most drivers ship ("Verifying the RSS Hash Calculation").</summary>
    public static readonly RssKey Microsoft = new(
        [0x6d, 0x5a, 0x56, 0xda, 0x25, 0x5b, 0x0e, 0xc2, 0x41, 0x67, 0x25, 0x3d, 0x43, 0xa3, 0x8f, 0xb0, 0xd0, 0xca, 0x2b, 0xcb,
         0xae, 0x7b, 0x30, 0xb4, 0x77, 0xcb, 0x2d, 0xa3, 0x80, 0x30, 0xf2, 0x0c, 0x6a, 0x42, 0xb7, 0x3b, 0xbe, 0xac, 0x01, 0xfa]);

    public RssKey(ImmutableArray<byte> bytes)
    {
        if (bytes.Length != Length) throw new ArgumentException("A steering key has 40 bytes.", nameof(bytes));
        Bytes = bytes;
    }

    public ImmutableArray<byte> Bytes { get; }

    /// <summary>A key that outsiders cannot guess: it follows from the secret.</summary>
    public static RssKey From(KeyedRandom random)
    {
        var bytes = new byte[Length];
        random.Fill(RandomPurpose.SteeringKey, 0, bytes);
        return new RssKey([.. bytes]);
    }
}
