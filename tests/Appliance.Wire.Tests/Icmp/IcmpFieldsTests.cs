using Appliance.Wire.Icmp;
using Appliance.Wire.Ip;
using Appliance.Wire.Tests.Support;
using Xunit;

namespace Appliance.Wire.Tests.Icmp;

/// <summary>The 8 bytes of each message as RFC 792, 1122, 1191 and 1812 draw them.</summary>
public sealed class IcmpFieldsTests
{
    [Fact]
    public void Echo_carries_identifier_and_sequence()
    {
        AssertWritten("08 00 0000 abcd 0007", IcmpFields.EchoRequest(0xabcd, 7));
        AssertWritten("00 00 0000 8001 fffe", IcmpFields.EchoReply(0x8001, 0xfffe));
    }

    [Theory]
    [InlineData(IcmpUnreachableCode.Network, "03 00 0000 00000000")]
    [InlineData(IcmpUnreachableCode.Host, "03 01 0000 00000000")]
    [InlineData(IcmpUnreachableCode.Protocol, "03 02 0000 00000000")]
    [InlineData(IcmpUnreachableCode.Port, "03 03 0000 00000000")]
    [InlineData(IcmpUnreachableCode.FragmentationNeeded, "03 04 0000 00000000")]
    [InlineData(IcmpUnreachableCode.SourceRouteFailed, "03 05 0000 00000000")]
    [InlineData(IcmpUnreachableCode.NetworkUnknown, "03 06 0000 00000000")]
    [InlineData(IcmpUnreachableCode.HostUnknown, "03 07 0000 00000000")]
    [InlineData(IcmpUnreachableCode.SourceHostIsolated, "03 08 0000 00000000")]
    [InlineData(IcmpUnreachableCode.NetworkProhibited, "03 09 0000 00000000")]
    [InlineData(IcmpUnreachableCode.HostProhibited, "03 0a 0000 00000000")]
    [InlineData(IcmpUnreachableCode.NetworkForService, "03 0b 0000 00000000")]
    [InlineData(IcmpUnreachableCode.HostForService, "03 0c 0000 00000000")]
    [InlineData(IcmpUnreachableCode.AdministrativelyProhibited, "03 0d 0000 00000000")]
    [InlineData(IcmpUnreachableCode.HostPrecedenceViolation, "03 0e 0000 00000000")]
    [InlineData(IcmpUnreachableCode.PrecedenceCutoff, "03 0f 0000 00000000")]
    public void Unreachable_says_why_and_nothing_more(IcmpUnreachableCode code, string written) =>
        AssertWritten(written, IcmpFields.Unreachable(code));

    /// <summary>RFC 1191 §4: the low 16 bits of the second word; the high ones stay 0.</summary>
    [Theory]
    [InlineData(1400, "03 04 0000 0000 0578")]
    [InlineData(65_535, "03 04 0000 0000 ffff")]
    public void Fragmentation_needed_tells_the_MTU(int nextHopMtuBytes, string written) =>
        AssertWritten(written, IcmpFields.FragmentationNeeded((ushort)nextHopMtuBytes));

    [Theory]
    [InlineData(IcmpTimeExceededCode.InTransit, "0b 00 0000 00000000")]
    [InlineData(IcmpTimeExceededCode.Reassembly, "0b 01 0000 00000000")]
    public void Time_exceeded_says_where(IcmpTimeExceededCode code, string written) =>
        AssertWritten(written, IcmpFields.TimeExceeded(code));

    [Theory]
    [InlineData(IcmpRedirectCode.Network, "05 00 0000 c0000201")]
    [InlineData(IcmpRedirectCode.Host, "05 01 0000 c0000201")]
    [InlineData(IcmpRedirectCode.ServiceAndNetwork, "05 02 0000 c0000201")]
    [InlineData(IcmpRedirectCode.ServiceAndHost, "05 03 0000 c0000201")]
    public void Redirect_names_the_gateway(IcmpRedirectCode code, string written) =>
        AssertWritten(written, IcmpFields.Redirect(code, new Ipv4Address(0xc0000201)));

    /// <summary>
    /// The pointer is the first octet of the second word. RFC 792: "1 indicates something is wrong with the Type of Service, and (if there
    /// are options present) 20 indicates something is wrong with the type code of the first option".
    /// </summary>
    [Theory]
    [InlineData(1, "0c 00 0000 01000000")]
    [InlineData(20, "0c 00 0000 14000000")]
    [InlineData(255, "0c 00 0000 ff000000")]
    public void Parameter_problem_points_at_the_octet(int pointer, string written) =>
        AssertWritten(written, IcmpFields.ParameterProblem((byte)pointer));

    [Fact]
    public void The_view_reads_what_the_factory_was_told()
    {
        byte[] bytes = new byte[IcmpView.HeaderLength];
        IcmpView view = IcmpFields.EchoRequest(0xabcd, 7).WriteTo(bytes);
        Assert.Equal((0xabcd, 7, true, false), (view.EchoIdentifier, view.EchoSequence, view.IsEcho, view.IsError));
        view = IcmpFields.FragmentationNeeded(1400).WriteTo(bytes);
        Assert.Equal((1400, true), (view.NextHopMtu, view.IsError));
        view = IcmpFields.Redirect(IcmpRedirectCode.Host, new Ipv4Address(0xc0000201)).WriteTo(bytes);
        Assert.Equal(("192.0.2.1", true), (view.Gateway.ToString(), view.IsError));
        view = IcmpFields.ParameterProblem(20).WriteTo(bytes);
        Assert.Equal((20, true), (view.Pointer, view.IsError));
    }

    /// <summary>Over bytes that held something else before; the checksum is 0, to be completed by the caller.</summary>
    private static void AssertWritten(string expected, IcmpFields fields)
    {
        byte[] bytes = [.. Enumerable.Repeat((byte)0xff, IcmpView.HeaderLength)];
        fields.WriteTo(bytes);
        Assert.Equal(Hex.Bytes(expected), bytes);
    }
}
