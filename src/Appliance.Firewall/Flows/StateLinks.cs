using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>The states' links, for the timer wheel and for the lists by bucket.</summary>
internal readonly struct StateLinks(NativeArray<FlowRecord> records) : ITimerLinks, IBucketLinks
{
    ref TimerLink ITimerLinks.this[int item] => ref records[item].Timer;

    ref BucketLink IBucketLinks.this[int record] => ref records[record].InBucket;
}
