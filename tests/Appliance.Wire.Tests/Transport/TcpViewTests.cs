using Appliance.Wire.Tests.Support;
using Appliance.Wire.Transport;
using Xunit;

namespace Appliance.Wire.Tests.Transport;

public sealed class TcpViewTests
{
    private const string Segment = "e92e 0050 69817905 0a0b0c0d 6f52 2000 6866 0007 020405b4 4745";

    [Fact]
    public void Every_field_of_a_segment_is_read()
    {
        Assert.True(TcpView.TryParse(Hex.Bytes(Segment), out TcpView view));
        Assert.Equal(0xe92e, view.SourcePort);
        Assert.Equal(80, view.DestinationPort);
        Assert.Equal(0x69817905u, view.SequenceNumber);
        Assert.Equal(0x0a0b0c0du, view.AcknowledgmentNumber);
        Assert.Equal(24, view.HeaderLength);
        Assert.Equal(TcpFlags.Reserved | TcpFlags.Ae | TcpFlags.Ece | TcpFlags.Ack | TcpFlags.Syn, view.Flags);
        Assert.Equal(0x2000, view.Window);
        Assert.Equal(0x6866, view.Checksum);
        Assert.Equal(7, view.UrgentPointer);
        Assert.Equal("020405b4", Convert.ToHexStringLower(view.Options));
        Assert.Equal("4745", Convert.ToHexStringLower(view.Payload));
    }

    [Fact]
    public void Setting_flags_leaves_the_header_length()
    {
        byte[] bytes = Hex.Bytes(Segment);
        Assert.True(TcpView.TryParse(bytes, out TcpView view));
        view.Flags = TcpFlags.Rst | TcpFlags.Ae;
        Assert.Equal("6104", Convert.ToHexStringLower(bytes, 12, 2));
    }

    [Theory]
    [InlineData(0x00)]
    [InlineData(0x40)]
    [InlineData(0x70)]
    [InlineData(0xf0)]
    public void Impossible_header_lengths_are_refused(int offsetByte)
    {
        byte[] bytes = Hex.Bytes(Segment);
        bytes[12] = (byte)offsetByte;
        Assert.False(TcpView.TryParse(bytes, out _));
    }

    [Fact]
    public void Fields_survive_the_wire()
    {
        var random = new Random(9);
        for (int round = 0; round < SeededValues.RoundTrips; round++)
        {
            var fields = new TcpFields
            {
                SourcePort = random.NextUShort(),
                DestinationPort = random.NextUShort(),
                SequenceNumber = random.NextUInt(),
                AcknowledgmentNumber = random.NextUInt(),
                Flags = (TcpFlags)random.Next(0x1000),
                Window = random.NextUShort(),
                UrgentPointer = random.NextUShort(),
                OptionsLength = (byte)(random.Next(11) * 4),
            };
            byte[] bytes = random.NextOctets(fields.HeaderLength);
            fields.WriteTo(bytes);
            Assert.True(TcpView.TryParse(bytes, out TcpView view));
            Assert.Equal(fields, TcpFields.From(view));
            Assert.Equal(0, view.Checksum);
        }
    }

    [Fact]
    public void Every_truncation_is_refused() => Truncation.IsRefused<TcpView>(TcpView.TryParse, Hex.Bytes(Segment), 24);

    [Fact]
    public void Ports_need_only_their_four_bytes()
    {
        Truncation.IsRefused<TransportPortsView>(TransportPortsView.TryParse, Hex.Bytes(Segment), 4);
        Assert.True(TransportPortsView.TryParse(Hex.Bytes(Segment), out TransportPortsView view));
        Assert.Equal(0xe92e, view.SourcePort);
        Assert.Equal(80, view.DestinationPort);
    }
}
