// To be written.
namespace Llm.Core

module internal AnthropicMessagesCodecStub =
    let private unused = ()
