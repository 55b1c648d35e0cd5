using System.Collections.Immutable;

namespace Appliance.Engine;

/// <summary>
/// Finds a table under which the workers share the load evenly, with few moves: as long as the busiest worker has clearly more than its
/// share, its best bucket goes to the idlest. A bucket is never divided, so what one flow sends stays with one worker.
/// Pure: the same loads give the same table.
/// </summary>
public static class Rebalancer
{
    /// <summary>The busiest worker's load over the mean from which on something is done.</summary>
    public const double Threshold = 1.25;

    /// <summary>What is aimed at once something is done.</summary>
    public const double Aim = 1.05;

    /// <summary>Buckets that may move at once: each costs its flows a wait of some breaths.</summary>
    public const int MaxMoves = 32;

    /// <param name="loads">By bucket; in any unit.</param>
    /// <param name="table">In force.</param>
    /// <param name="workers">How many share the load.</param>
    /// <param name="better">The table to move to.</param>
    /// <returns>False: the load is even enough, or no move of a whole bucket makes it more even.</returns>
    public static bool TryImprove(ReadOnlySpan<long> loads, IndirectionTable table, int workers, out IndirectionTable better)
    {
        better = table;
        ImmutableArray<ushort>.Builder owners = table.Owners.ToBuilder();
        Span<long> sums = stackalloc long[workers];
        for (int bucket = 0; bucket < owners.Count; bucket++) sums[owners[bucket]] += loads[bucket];
        double mean = (double)Sum(sums) / workers;
        if (mean == 0 || sums[Busiest(sums)] <= Threshold * mean) return false;

        int moves = 0;
        while (moves < MaxMoves)
        {
            int from = Busiest(sums), to = Idlest(sums);
            if (sums[from] <= Aim * mean) break;
            int bucket = BestOf(loads, owners, from, sums[from] - sums[to]);
            if (bucket < 0) break;
            owners[bucket] = (ushort)to;
            sums[from] -= loads[bucket];
            sums[to] += loads[bucket];
            moves++;
        }

        if (moves == 0) return false;
        better = new IndirectionTable(owners.ToImmutable());
        return true;
    }

    /// <summary>The bucket that brings the two closest to each other; -1: each would only change which of them is the busier.</summary>
    private static int BestOf(ReadOnlySpan<long> loads, ImmutableArray<ushort>.Builder owners, int from, long difference)
    {
        int best = -1;
        long bestLeft = difference;
        for (int bucket = 0; bucket < owners.Count; bucket++)
        {
            if (owners[bucket] != from || loads[bucket] == 0) continue;
            long left = Math.Abs(difference - (2 * loads[bucket]));
            if (left >= bestLeft) continue;
            best = bucket;
            bestLeft = left;
        }

        return best;
    }

    private static int Busiest(ReadOnlySpan<long> sums)
    {
        int busiest = 0;
        for (int i = 1; i < sums.Length; i++)
        {
            if (sums[i] > sums[busiest]) busiest = i;
        }

        return busiest;
    }

    private static int Idlest(ReadOnlySpan<long> sums)
    {
        int idlest = 0;
        for (int i = 1; i < sums.Length; i++)
        {
            if (sums[i] < sums[idlest]) idlest = i;
        }

        return idlest;
    }

    private static long Sum(ReadOnlySpan<long> sums)
    {
        long sum = 0;
        foreach (long one in sums) sum += one;
        return sum;
    }
}
