using System.Security.Cryptography;

namespace Appliance.Failover;

/// <summary>One life of a sender: its key, and per path what was heard of it.</summary>
internal sealed class LaneSession : IDisposable
{
    private readonly AesGcm _cipher;
    private readonly CounterWindow[] _windows;

    public LaneSession(LaneKey key, UInt128 id, int paths)
    {
        Id = id;
        Span<byte> derived = stackalloc byte[LaneKey.Length];
        key.DeriveSessionKey(id, derived);
        _cipher = new AesGcm(derived, LaneMessage.TagLength);
        CryptographicOperations.ZeroMemory(derived);
        _windows = new CounterWindow[paths];
        for (int path = 0; path < paths; path++)
        {
            _windows[path] = new CounterWindow();
            _windows[path].Announce(first: 1);
        }
    }

    public UInt128 Id { get; }

    /// <summary>Of the newest message whose claims were taken.</summary>
    public ulong Newest { get; set; }

    public void Dispose() => _cipher.Dispose();

    /// <summary>Encrypts a body in its place behind the head and adds the tag.</summary>
    public void Seal(Span<byte> message, int bodyLength)
    {
        Span<byte> nonce = stackalloc byte[LaneMessage.NonceLength];
        LaneMessage.WriteNonce(nonce, LaneMessage.PathOf(message), LaneMessage.SequenceOf(message));
        Span<byte> body = message.Slice(LaneMessage.HeadLength, bodyLength);
        Span<byte> tag = message.Slice(LaneMessage.HeadLength + bodyLength, LaneMessage.TagLength);
        _cipher.Encrypt(nonce, body, body, tag, message[..LaneMessage.HeadLength]);
    }

    /// <summary>Decrypts the body to <paramref name="body"/>; false when one bit of the message is not as it was sent.</summary>
    /// <remarks>
    /// The library's decryption throws at a wrong tag, and a flood of those would be a flood of exceptions. So both halves are done by
    /// encrypting: the key stream undoes itself, and what comes out, encrypted again, must have the tag that came. Until it has, nobody
    /// reads the body.
    /// </remarks>
    public bool TryOpen(ReadOnlySpan<byte> message, Span<byte> body)
    {
        Span<byte> nonce = stackalloc byte[LaneMessage.NonceLength];
        LaneMessage.WriteNonce(nonce, LaneMessage.PathOf(message), LaneMessage.SequenceOf(message));
        ReadOnlySpan<byte> head = message[..LaneMessage.HeadLength];
        Span<byte> tag = stackalloc byte[LaneMessage.TagLength];
        Span<byte> encrypted = stackalloc byte[LaneMessage.MaxBodyLength];
        _cipher.Encrypt(nonce, message[LaneMessage.HeadLength..^LaneMessage.TagLength], body, tag, head);
        _cipher.Encrypt(nonce, body, encrypted[..body.Length], tag, head);
        return CryptographicOperations.FixedTimeEquals(tag, message[^LaneMessage.TagLength..]);
    }

    /// <summary>Once for each sequence number and path. Asked only of what was authentic.</summary>
    public bool TryAccept(int path, ulong sequence) => _windows[path].TryAccept(sequence);
}
