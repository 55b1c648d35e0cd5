namespace Appliance.Engine;

/// <summary>
/// What one worker kept of buckets that are another's by new rules (<see cref="SteeringSwap"/>). Each writes to each, if only to say that
/// it has nothing.
/// </summary>
internal sealed class BucketExchange(BucketParcel parcel) : IWorkerMail
{
    public BucketParcel Parcel => parcel;

    public void Deliver(Worker worker) => worker.Receive(this);
}
