using Appliance.Wire.Sync;

namespace Appliance.Failover;

/// <summary>
/// The peer's parcels as they come: each is kept until those before it are there and all of it was handed on. Bounded by the window that
/// the peer keeps to, and by what a lane carries, for the peer's frames may be longer than our own.
/// </summary>
internal sealed class SyncReceipt
{
    /// <summary>Bytes of the longest parcel that a lane carries.</summary>
    public const int MaxParcelLength = Lane.MaxSyncMessageLength - Lane.SyncOverhead - SyncView.HeaderLength;

    private readonly byte[] _memory = GC.AllocateUninitializedArray<byte>(SyncWindow.Capacity * MaxParcelLength);
    private readonly int[] _lengths = new int[SyncWindow.Capacity];   // −1: it is not here

    public SyncReceipt() => Reset();

    /// <summary>All up to this one were handed on.</summary>
    public ulong Done { get; private set; }

    public bool HasFirst => _lengths[Slot(Done + 1)] >= 0;

    /// <summary>The first that is to be handed on, when it is here.</summary>
    public ReadOnlySpan<byte> First => _memory.AsSpan(Slot(Done + 1) * MaxParcelLength, _lengths[Slot(Done + 1)]);

    /// <summary>Bit n: the parcel n + 1 behind <see cref="Done"/> is here.</summary>
    public ulong Selective
    {
        get
        {
            ulong bits = 0;
            for (int i = 0; i < 64; i++)
            {
                if (_lengths[Slot(Done + 1 + (ulong)i)] >= 0) bits |= 1ul << i;
            }

            return bits;
        }
    }

    public void Reset()
    {
        Done = 0;
        Array.Fill(_lengths, -1);
    }

    /// <summary>False: it is here already, or was; or it is none that may be under way.</summary>
    /// <param name="number">Its.</param>
    /// <param name="parcel">At most <see cref="MaxParcelLength"/> bytes.</param>
    public bool TryKeep(ulong number, ReadOnlySpan<byte> parcel)
    {
        if (number <= Done || number - Done > SyncWindow.Capacity) return false;
        int slot = Slot(number);
        if (_lengths[slot] >= 0) return false;
        parcel.CopyTo(_memory.AsSpan(slot * MaxParcelLength));
        _lengths[slot] = parcel.Length;
        return true;
    }

    public void RemoveFirst()
    {
        _lengths[Slot(Done + 1)] = -1;
        Done++;
    }

    private static int Slot(ulong number) => (int)(number % SyncWindow.Capacity);
}
