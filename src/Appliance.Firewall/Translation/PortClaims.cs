using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>
/// Which keys translated flows have, of all workers: one worker makes a flow's state while its answers may arrive at another, and no two
/// flows may share one key. A claim is a keyed hash of a key by which frames arrive: that of the answers, and, where a flow comes in, that
/// of its first frame, so that nobody's source is translated to it. What is not translated claims where a translation may come to its
/// keys. Claims are made before the state and given back when it ends. Touched only then; no lock, and nothing waits.
/// </summary>
public sealed class PortClaims
{
    /// <summary>Flows that surely find room for their claims when they spread evenly.</summary>
    public const int MaxFlows = 1 << 26;

    private const int SetLength = 16, PlacesPerFlow = 4;

    private readonly KeyedRandom _random;
    private ulong[]? _places;                                           // 0: free; made once

    /// <param name="random">The secret: where a claim lies cannot be foretold.</param>
    public PortClaims(KeyedRandom random) => _random = random;

    internal KeyedRandom Random => _random;

    /// <summary>Whether there is room: else nothing is translated, and nothing can be claimed.</summary>
    internal bool IsPrepared => Volatile.Read(ref _places) is not null;

    /// <summary>
    /// Makes room, before the first claim; by any thread, between breaths. The first who asks decides how much for good.
    /// </summary>
    /// <param name="flows">Translated flows that there may be.</param>
    public void Prepare(int flows)
    {
        if (Volatile.Read(ref _places) is not null) return;
        int sets = 1;
        while (sets * SetLength < (long)PlacesPerFlow * Math.Min(flows, MaxFlows)) sets *= 2;
        Interlocked.CompareExchange(ref _places, new ulong[sets * SetLength], null);
    }

    /// <summary>The claim to the key by which the answers of a flow arrive, at whatever port.</summary>
    public ulong ClaimTo(in FlowKey answers)
    {
        uint ports = ((uint)answers.OutsidePort << 16) | answers.InsidePort;
        ulong remote = _random.Draw(
            RandomPurpose.TranslationClaim,
            (ulong)(answers.Outside >> 64),
            (ulong)answers.Outside,
            ((uint)answers.Protocol << 8) | answers.Family);
        ulong both = _random.Draw(
            RandomPurpose.TranslationClaim, remote ^ (ulong)(answers.Inside >> 64), (ulong)answers.Inside, ports);
        return both | 1;
    }

    /// <summary>
    /// False: it is taken, or (of two who claim at once) each leaves it to the other, or its set is full. Who is refused asks for another.
    /// </summary>
    public bool TryClaim(ulong claim)
    {
        Span<ulong> set = SetOf(claim);
        if (Find(set, claim, except: -1) >= 0) return false;
        for (int place = 0; place < set.Length; place++)
        {
            if (Volatile.Read(ref set[place]) != 0 || Interlocked.CompareExchange(ref set[place], claim, 0) != 0) continue;
            if (Find(set, claim, except: place) < 0) return true;
            Volatile.Write(ref set[place], 0);
            return false;
        }

        return false;
    }

    /// <summary>Whether anybody has it.</summary>
    public bool IsClaimed(ulong claim) => Find(SetOf(claim), claim, except: -1) >= 0;

    /// <summary>Gives back what <see cref="TryClaim"/> has given.</summary>
    public void Release(ulong claim)
    {
        Span<ulong> set = SetOf(claim);
        int place = Find(set, claim, except: -1);
        if (place >= 0) Volatile.Write(ref set[place], 0);
    }

    private static int Find(Span<ulong> set, ulong claim, int except)
    {
        for (int place = 0; place < set.Length; place++)
        {
            if (place != except && Volatile.Read(ref set[place]) == claim) return place;
        }

        return -1;
    }

    private Span<ulong> SetOf(ulong claim)
    {
        ulong[] places = _places!;
        int sets = places.Length / SetLength;
        return places.AsSpan(((int)(claim >> 33) & (sets - 1)) * SetLength, SetLength);
    }
}
