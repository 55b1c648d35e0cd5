using System.Collections.Immutable;

namespace Appliance.Engine;

/// <summary>
/// Gives buckets to other workers while frames flow, so that no flow is reordered and none is on two workers at once:
/// <code>
///   1. each worker, by mail: takes the new table, and sets a mark in its rings behind its last frame by the old one
///   2. the old owner, when it has passed the marks of all and sent what it had before: mails what it keeps of the bucket
///   3. the new owner, from 1 on: withholds the bucket's frames; at 3, by mail: judges them in order and goes on
/// </code>
/// Only frames of the moving buckets wait. One move, or one <see cref="SteeringSwap"/>, is under way at a time.
/// </summary>
public sealed class BucketMove : IWorkerMail
{
    private readonly IndirectionTable _previous;
    private int _toArrive;                          // worker pairs between which buckets are on their way

    /// <param name="number">One more than the last move's or swap's.</param>
    /// <param name="previous">The rules before, with the table in force.</param>
    /// <param name="table">The table to be; as many buckets as the previous.</param>
    public BucketMove(uint number, SteeringRules previous, IndirectionTable table)
    {
        if (table.Buckets != previous.Table.Buckets) throw new ArgumentException("A move keeps the buckets.", nameof(table));
        _previous = previous.Table;
        Number = number;
        Rules = previous with { Table = table };
        Transfers =
        [
            .. from bucket in Enumerable.Range(0, table.Buckets)
               let transfer = new BucketTransfer(
                   (ushort)bucket, previous.Table.OwnerOf((ushort)bucket), table.OwnerOf((ushort)bucket))
               where transfer.From != transfer.To
               select transfer
        ];
        _toArrive = Transfers.Select(transfer => (transfer.From, transfer.To)).Distinct().Count();
    }

    public uint Number { get; }

    public SteeringRules Rules { get; }

    public ImmutableArray<BucketTransfer> Transfers { get; }

    /// <summary>Whose a bucket was before, and perhaps still is.</summary>
    public ushort PreviousOwnerOf(ushort bucket) => _previous.OwnerOf(bucket);

    /// <summary>Whether every bucket is with its new owner.</summary>
    public bool IsDone => Volatile.Read(ref _toArrive) == 0;

    public void Deliver(Worker worker) => worker.Begin(this);

    internal void CountArrival() => Interlocked.Decrement(ref _toArrive);
}
