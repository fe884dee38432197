// A message's form in the core, kept with the message: a history is sent again and again, and a message never changes.
using Llm.Interop;

namespace Llm.Interop
{
    /// <summary>A message's form in the core, once it was made. No two differ, so that it has no part in whether messages are equal.</summary>
    internal struct MessageForm : IEquatable<MessageForm>
    {
        public Core.Message? Core;

        public readonly bool Equals(MessageForm other) => true;

        public override readonly bool Equals(object? obj) => obj is MessageForm;

        public override readonly int GetHashCode() => 0;
    }
}

namespace Llm
{
    public abstract partial record Message
    {
        private MessageForm _form;

        /// <summary>The same, for <c>with</c>: a copy is about to differ, so it has no form in the core yet.</summary>
        /// <param name="original">What is copied.</param>
        protected Message(Message original)
        {
        }

        /// <summary>The message in the core; made once. Two threads that make it at once make the same.</summary>
        internal Core.Message InCore => _form.Core ??= MessageMapping.Make(this);

        /// <summary>A message that was made from one of the core.</summary>
        internal static T Of<T>(Core.Message core, T message)
            where T : Message
        {
            message._form.Core = core;
            return message;
        }
    }
}
