namespace Appliance.Engine;

/// <summary>The buckets that one worker hands to another in one move, with what it kept of them.</summary>
internal sealed class BucketArrival(BucketMove move, BucketParcel parcel) : IWorkerMail
{
    public BucketParcel Parcel => parcel;

    public void Deliver(Worker worker)
    {
        worker.Receive(this);
        move.CountArrival();
    }
}
