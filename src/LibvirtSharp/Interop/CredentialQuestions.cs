using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Text;

namespace LibvirtSharp.Interop;

/// <summary>Asks the caller's delegate for what libvirt asks while a connection is opened. Answers go to libvirt's memory and nowhere else.</summary>
internal sealed unsafe class CredentialQuestions(Func<CredentialRequest, string?> ask)
{
    /// <summary>What the delegate has thrown.</summary>
    public ExceptionDispatchInfo? Failure { get; private set; }

    /// <summary>Fills in what is asked for.</summary>
    /// <returns>0, or -1 to give up, as libvirt wants it.</returns>
    public int Answer(NativeCredential* credentials, uint count)
    {
        try
        {
            for (var i = 0u; i < count; i++)
            {
                var credential = &credentials[i];
                var answer = ask(new CredentialRequest(
                    (CredentialType)credential->Type,
                    Marshal.PtrToStringUTF8((nint)credential->Prompt) ?? "",
                    Marshal.PtrToStringUTF8((nint)credential->Challenge),
                    Marshal.PtrToStringUTF8((nint)credential->DefaultResult)));
                if (answer is null)
                {
                    Forget(credentials, i);
                    return -1;
                }

                // libvirt frees it with free().
                var length = Encoding.UTF8.GetByteCount(answer);
                credential->Result = (byte*)NativeMemory.AllocZeroed((nuint)length + 1);
                credential->ResultLength = (uint)Encoding.UTF8.GetBytes(answer, new Span<byte>(credential->Result, length));
            }

            return 0;
        }
#pragma warning disable CA1031 // An exception that crossed into native code would end the process; it is thrown when the call has come back.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Failure = ExceptionDispatchInfo.Capture(e);
            Forget(credentials, count);
            return -1;
        }
    }

    /// <summary>Who gives up leaves no answers behind.</summary>
    private static void Forget(NativeCredential* credentials, uint count)
    {
        for (var i = 0u; i < count; i++)
        {
            if (credentials[i].Result is not null)
            {
                NativeMemory.Clear(credentials[i].Result, credentials[i].ResultLength);
                NativeMemory.Free(credentials[i].Result);
                credentials[i].Result = null;
                credentials[i].ResultLength = 0;
            }
        }
    }
}
