using System.Net;
using Appliance.Engine;
using Xunit;

namespace Appliance.Routing.Tests.Admission;

/// <summary>Admission of whole batches against its slow twin, on addresses of every kind.</summary>
public sealed class AdmitStageTests : IDisposable
{
    private static readonly IPAddress[] V4 =
    [
        .. new[]
        {
            "0.0.0.0", "0.1.2.3", "1.0.0.1", "10.0.0.1", "10.0.0.2", "10.0.0.255", "11.0.0.1", "11.1.1.1", "11.255.255.255", "12.3.4.5",
            "126.255.255.255", "127.0.0.1", "128.0.0.0", "169.254.1.1", "198.51.100.7", "223.255.255.255", "224.0.0.1", "239.1.1.1",
            "240.0.0.1", "255.255.255.254", "255.255.255.255",
        }.Select(IPAddress.Parse),
    ];

    private static readonly IPAddress[] V6 =
    [
        .. new[]
        {
            "::", "::1", "::2", "::ffff:10.0.0.1", "1fff::1", "2000::1", "2001:db8::1", "2001:db8::2", "2001:db8:1::1", "2001:db8:2::9",
            "3fff:ffff::1", "4000::1", "fc00::1", "fe80::1", "fe80::2", "ff02::1", "ff0e::1",
        }.Select(IPAddress.Parse),
    ];

    private static readonly FrameTraits[] Traits =
        [FrameTraits.None, FrameTraits.Ports, FrameTraits.L2Group, FrameTraits.SourceRoute, FrameTraits.L2Group | FrameTraits.SourceRoute];

    private readonly AdmissionRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_pair_of_addresses_is_judged_as_the_rules_say_one_after_the_other(bool v6)
    {
        IPAddress[] addresses = v6 ? V6 : V4;
        int admitted = 0;
        foreach ((IPAddress source, IPAddress destination) in addresses.SelectMany(source => addresses.Select(other => (source, other))))
        {
            foreach (int port in new[] { AdmissionRig.Unchecked, AdmissionRig.Loose, AdmissionRig.Strict })
            {
                foreach (FrameTraits traits in Traits)
                {
                    DropReason expected = AdmissionTwin.Judge(source, destination, traits, port);
                    DropReason judged = _rig.Judge((source, destination, traits, port))[0];
                    if (expected != judged) Assert.Fail($"{source} > {destination} at {port}, {traits}: {judged} instead of {expected}");
                    admitted += judged == DropReason.None ? 1 : 0;
                }
            }
        }

        Assert.InRange(admitted, 100, 1500);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(200)]
    public void Each_frame_of_a_batch_of_any_size_gets_its_own_verdict(int frames)
    {
        var random = new Random(frames);
        var datagrams = new (IPAddress Source, IPAddress Destination, FrameTraits Traits, int Port)[frames];
        for (int i = 0; i < frames; i++)
        {
            IPAddress[] addresses = random.Next(2) == 0 ? V4 : V6;
            datagrams[i] = (
                addresses[random.Next(addresses.Length)], addresses[random.Next(addresses.Length)],
                random.Next(4) == 0 ? FrameTraits.L2Group : FrameTraits.None, random.Next(3));
        }

        DropReason[] expected = [.. datagrams.Select(d => AdmissionTwin.Judge(d.Source, d.Destination, d.Traits, d.Port))];
        Assert.Equal(expected, _rig.Judge(datagrams));
    }
}
