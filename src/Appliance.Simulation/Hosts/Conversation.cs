using System.Buffers.Binary;
using Appliance.Engine;
using Appliance.Wire.Ip;

namespace Appliance.Simulation;

/// <summary>
/// A client's talk with a server: question and answer in turn, each question again and again until its answer comes, then a pause, and
/// at some time the end.
/// </summary>
internal abstract class Conversation(World world, ClientHost client, Ipv4Address server, int id)
{
    /// <summary>Bytes of every question and answer; the first four say whose it is, the next which turn.</summary>
    public const int PayloadLength = 32;

    private const int IdBytes = 4, DoubtAfter = 2;
    private const long Again = 400 * Duration.Millisecond;

    private int _turns;                                                 // until its end
    private int _asked;                                                 // times, this question

    public int Id => id;

    public Ipv4Address Server => server;

    public abstract IpProtocol Protocol { get; }

    /// <summary>Of this conversation alone, or its echo identifier.</summary>
    public ushort OwnPort => (ushort)(20_000 + (id % 40_000));

    public ConversationState State { get; private set; }

    public MonotonicTime BeganAt { get; private set; }

    /// <summary>The last answer, or its begin.</summary>
    public MonotonicTime ProgressedAt { get; private set; }

    protected uint Turn { get; private set; }

    protected bool IsLastTurn => Turn == _turns;

    protected ClientHost Client => client;

    public void Begin(int turns)
    {
        _turns = turns;
        (BeganAt, ProgressedAt) = (world.Now, world.Now);
        client.Open(this);
        Ask();
    }

    /// <summary>The bytes behind the IP header of a datagram from the server.</summary>
    public void Take(Span<byte> transport)
    {
        if (State != ConversationState.Going) return;
        switch (Judge(transport))
        {
            case Answer.Awaited:
                OnAnswer();
                break;
            case Answer.Refusal:
                End(ConversationState.Refused);
                break;
        }
    }

    /// <summary>Nobody waits for it any more.</summary>
    public void GiveUp() => End(ConversationState.GivenUp);

    /// <summary>Of who it is, from a question's or an answer's payload.</summary>
    public static int IdOf(ReadOnlySpan<byte> payload) =>
        payload.Length < IdBytes ? -1 : BinaryPrimitives.ReadInt32BigEndian(payload);

    /// <summary>The question of this turn, for the gateway.</summary>
    protected abstract byte[] Question();

    /// <summary>What came: the answer that is waited for, a refusal, or something old.</summary>
    protected abstract Answer Judge(Span<byte> transport);

    protected void WritePayload(Span<byte> payload)
    {
        BinaryPrimitives.WriteInt32BigEndian(payload, id);
        BinaryPrimitives.WriteUInt32BigEndian(payload[IdBytes..], Turn);
    }

    protected bool IsOurs(ReadOnlySpan<byte> payload) =>
        IdOf(payload) == id && BinaryPrimitives.ReadUInt32BigEndian(payload[IdBytes..]) == Turn;

    private void OnAnswer()
    {
        ProgressedAt = world.Now;
        world.Recorder?.OnAnswer();
        if (IsLastTurn)
        {
            End(ConversationState.Done);
            return;
        }

        (Turn, _asked) = (Turn + 1, 0);
        world.Users.Later(Ask);
    }

    private void Ask()
    {
        if (State != ConversationState.Going) return;
        uint turn = Turn;
        if (_asked++ >= DoubtAfter) client.DoubtGateway();
        client.Send(Question());
        world.After(Again, () =>
        {
            if (turn != Turn || State != ConversationState.Going) return;
            world.Users.OnStalled(this);
            Ask();
        });
    }

    private void End(ConversationState state)
    {
        if (State != ConversationState.Going) return;
        State = state;
        client.Close(this);
        world.Users.OnEnd(this);
    }
}
