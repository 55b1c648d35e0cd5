using Appliance.Engine;
using Appliance.Testing;
using Xunit;

namespace Appliance.Node.Tests.Capturing;

/// <summary>What a capture has of ports that come and go.</summary>
public sealed class CapturedPortTests
{
    private static readonly byte[] FromNext = TestFrames.Ipv4("10.9.0.7", Boxes.Outside, TestTransport.Udp(1, 2));

    private static readonly string More = Boxes.Edge.Replace(
        "routes:", "  dmz: {backend: pcap, addresses: [10.9.0.1/24]}\nroutes:", StringComparison.Ordinal);

    private static readonly string Other = More.Replace("dmz:", "guests:", StringComparison.Ordinal);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_capture_ends_with_its_port_and_has_nothing_of_the_port_that_gets_its_number(int vcpus)
    {
        using var box = new Box(More, vcpus);
        FrameCapture capture = box.Node.StartCapture(new CaptureOptions { Port = 2 })!;
        Pass(box, "dmz");
        box.Node.Detach(new PortId(2));
        box.Apply(Boxes.Edge);
        Assert.Equal("port dmz is gone", capture.Ending);
        box.Node.StepUntilIdle(box.Now);
        box.Apply(Other);
        box.Attach("guests");
        Pass(box, "guests");
        Assert.Equal(2, box.Node.Configuration.FindPort("guests")!.Index);
        Assert.Equal(["pass: out by wan"], Read(capture));
        Assert.Equal("port dmz is gone", capture.Ending);
    }

    [Fact]
    public void A_frame_that_leaves_by_a_port_that_came_later_is_told_by_its_name()
    {
        using var box = new Box(Boxes.Edge);
        FrameCapture capture = box.Node.StartCapture(new CaptureOptions { Port = 0 })!;
        box.Apply(Other);
        box.Attach("guests");
        box.Send("lan", TestFrames.Ipv4(Boxes.LanHost, "10.9.0.7", TestTransport.Udp(1, 2))).Forwarded("guests");
        Assert.Equal(["pass: out by guests"], Read(capture));
        Assert.Equal("", capture.Ending);
    }

    [Fact]
    public void A_port_that_goes_is_still_told_by_its_name()
    {
        using var box = new Box(More);
        FrameCapture capture = box.Node.StartCapture(new CaptureOptions { Port = 1 })!;
        Pass(box, "dmz");
        box.Node.Detach(new PortId(2));
        box.Apply(Boxes.Edge);
        Assert.Equal(["sent: in by dmz"], Read(capture));
    }

    private static void Pass(Box box, string port)
    {
        box.Enter(port, FromNext);
        box.Node.StepUntilIdle(box.Now);
    }

    private static List<string> Read(FrameCapture capture)
    {
        var verdicts = new List<string>();
        capture.Read(MonotonicTime.Never, frame => verdicts.Add(frame.Verdict));
        return verdicts;
    }
}
