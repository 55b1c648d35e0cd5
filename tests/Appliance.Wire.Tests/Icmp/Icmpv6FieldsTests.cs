using Appliance.Wire.Icmp;
using Appliance.Wire.Tests.Support;
using Xunit;

namespace Appliance.Wire.Tests.Icmp;

/// <summary>The 8 bytes of each message as RFC 4443 draws them.</summary>
public sealed class Icmpv6FieldsTests
{
    [Fact]
    public void Echo_carries_identifier_and_sequence()
    {
        AssertWritten("80 00 0000 abcd 0007", Icmpv6Fields.EchoRequest(0xabcd, 7));
        AssertWritten("81 00 0000 8001 fffe", Icmpv6Fields.EchoReply(0x8001, 0xfffe));
    }

    /// <summary>RFC 4443 §3.1.</summary>
    [Theory]
    [InlineData(Icmpv6UnreachableCode.NoRoute, "01 00 0000 00000000")]
    [InlineData(Icmpv6UnreachableCode.AdministrativelyProhibited, "01 01 0000 00000000")]
    [InlineData(Icmpv6UnreachableCode.BeyondScopeOfSource, "01 02 0000 00000000")]
    [InlineData(Icmpv6UnreachableCode.Address, "01 03 0000 00000000")]
    [InlineData(Icmpv6UnreachableCode.Port, "01 04 0000 00000000")]
    [InlineData(Icmpv6UnreachableCode.SourceFailedPolicy, "01 05 0000 00000000")]
    [InlineData(Icmpv6UnreachableCode.RouteRejected, "01 06 0000 00000000")]
    public void Unreachable_says_why_and_nothing_more(Icmpv6UnreachableCode code, string written) =>
        AssertWritten(written, Icmpv6Fields.Unreachable(code));

    /// <summary>RFC 4443 §3.2: all 32 bits.</summary>
    [Theory]
    [InlineData(1280u, "02 00 0000 00000500")]
    [InlineData(0x89abcdefu, "02 00 0000 89abcdef")]
    public void Packet_too_big_tells_the_MTU(uint nextHopMtuBytes, string written) =>
        AssertWritten(written, Icmpv6Fields.PacketTooBig(nextHopMtuBytes));

    /// <summary>RFC 4443 §3.3.</summary>
    [Theory]
    [InlineData(IcmpTimeExceededCode.InTransit, "03 00 0000 00000000")]
    [InlineData(IcmpTimeExceededCode.Reassembly, "03 01 0000 00000000")]
    public void Time_exceeded_says_where(IcmpTimeExceededCode code, string written) =>
        AssertWritten(written, Icmpv6Fields.TimeExceeded(code));

    /// <summary>
    /// RFC 4443 §3.4, and its example: "an ICMPv6 message with a Type field of 4, Code field of 1, and Pointer field of 40 would indicate
    /// that the IPv6 extension header following the IPv6 header […] holds an unrecognized Next Header field value".
    /// </summary>
    [Theory]
    [InlineData(Icmpv6ParameterProblemCode.ErroneousHeaderField, 4u, "04 00 0000 00000004")]
    [InlineData(Icmpv6ParameterProblemCode.UnrecognizedNextHeader, 40u, "04 01 0000 00000028")]
    [InlineData(Icmpv6ParameterProblemCode.UnrecognizedOption, 0x89abcdefu, "04 02 0000 89abcdef")]
    [InlineData(Icmpv6ParameterProblemCode.IncompleteHeaderChain, 0u, "04 03 0000 00000000")]
    public void Parameter_problem_points_at_the_octet(Icmpv6ParameterProblemCode code, uint pointer, string written) =>
        AssertWritten(written, Icmpv6Fields.ParameterProblem(code, pointer));

    [Fact]
    public void The_view_reads_what_the_factory_was_told()
    {
        byte[] bytes = new byte[Icmpv6View.HeaderLength];
        Icmpv6View view = Icmpv6Fields.EchoReply(0xabcd, 7).WriteTo(bytes);
        Assert.Equal((0xabcd, 7, true, false), (view.EchoIdentifier, view.EchoSequence, view.IsEcho, view.IsError));
        view = Icmpv6Fields.PacketTooBig(1280).WriteTo(bytes);
        Assert.Equal((1280u, true), (view.NextHopMtu, view.IsError));
        view = Icmpv6Fields.ParameterProblem(Icmpv6ParameterProblemCode.UnrecognizedNextHeader, 40).WriteTo(bytes);
        Assert.Equal((40u, true), (view.Pointer, view.IsError));
    }

    /// <summary>Over bytes that held something else before; the checksum is 0, to be completed by the caller.</summary>
    private static void AssertWritten(string expected, Icmpv6Fields fields)
    {
        byte[] bytes = [.. Enumerable.Repeat((byte)0xff, Icmpv6View.HeaderLength)];
        fields.WriteTo(bytes);
        Assert.Equal(Hex.Bytes(expected), bytes);
    }
}
